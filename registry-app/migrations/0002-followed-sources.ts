import { sql, type Kysely } from "kysely";

/** What following a repo needs to remember: what was told, why a source is frozen, when to look again, and how to sign in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...RIGHTS]) await sql.raw(statement).execute(db);
}

const TABLES = [
  `ALTER TABLE sources
     ADD frozen_at timestamptz, ADD frozen_reason text, ADD thawed_at timestamptz,
     ADD tip_oid text, ADD tip_versions integer,
     ADD hook_generation integer NOT NULL DEFAULT 0, ADD hook_rotated_at timestamptz,
     ADD CHECK ((frozen_at IS NULL) = (frozen_reason IS NULL))`,
  // One row for each thing that was told, so that it is told once: a tag and the object somebody moved it to, a branch and its new tip.
  `CREATE TABLE alerts (
     source_id uuid NOT NULL REFERENCES sources, kind text NOT NULL CHECK (kind IN ('moved', 'vanished', 'rewritten', 'replaced')),
     subject text NOT NULL, target text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (source_id, kind, subject, target))`,
  `CREATE TABLE looks (
     source_id uuid PRIMARY KEY REFERENCES sources, due_at timestamptz NOT NULL, failures integer NOT NULL DEFAULT 0)`,
  `CREATE INDEX looks_due ON looks (due_at)`,
  // Sealed with a key that is not in the database, for one source and one host only.
  `CREATE TABLE source_credentials (
     source_id uuid PRIMARY KEY REFERENCES sources, kind text NOT NULL CHECK (kind IN ('https', 'ssh')),
     origin text NOT NULL, sealed bytea NOT NULL, known_hosts text, set_at timestamptz NOT NULL,
     CHECK ((kind = 'ssh') = (known_hosts IS NOT NULL)))`,
];

const RIGHTS = [
  `GRANT SELECT, INSERT, UPDATE, DELETE ON looks, source_credentials TO assay_app`,
  // What was told stays told.
  `GRANT SELECT, INSERT ON alerts TO assay_app`,
];
