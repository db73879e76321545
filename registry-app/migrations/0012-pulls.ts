import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // An open pull request of a source: where it stands, what was made of which head, and what its host was told.
  `CREATE TABLE pulls (
     id uuid PRIMARY KEY, source_id uuid NOT NULL REFERENCES sources, number integer NOT NULL,
     head_oid text NOT NULL, base_oid text NOT NULL, is_fork boolean NOT NULL, is_open boolean NOT NULL,
     judged_oid text, report jsonb, judged_at timestamptz,
     said text NOT NULL DEFAULT '', external_id text, attempts integer NOT NULL DEFAULT 0,
     not_before timestamptz, problem text, seen_at timestamptz NOT NULL,
     UNIQUE (source_id, number))`,
  // When the pull requests of a source are asked for next.
  `CREATE TABLE pull_looks (source_id uuid PRIMARY KEY REFERENCES sources, due_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON pulls, pull_looks TO assay_app`,
];

/** Pull requests, and what was made of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
