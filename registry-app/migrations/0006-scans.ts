import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // The whole report of a version by one engine; its outcome and its findings stand in checks and findings as well, once
  // they count. Derived: whoever has the archive and the engine can make it again.
  `CREATE TABLE security_scans (
     version_id uuid NOT NULL REFERENCES skill_versions, engine text NOT NULL,
     engine_version text NOT NULL, rules_digest text NOT NULL, advisories_at timestamptz,
     verdict text NOT NULL CHECK (verdict IN ('pass', 'review', 'warn', 'block', 'incomplete')),
     risk text NOT NULL CHECK (risk IN ('none', 'low', 'medium', 'high')),
     score integer NOT NULL CHECK (score BETWEEN 0 AND 100),
     report jsonb NOT NULL, report_digest text NOT NULL, is_shadow boolean NOT NULL,
     created_at timestamptz NOT NULL, finished_at timestamptz NOT NULL, PRIMARY KEY (version_id, engine))`,
  `CREATE INDEX security_scans_engine ON security_scans (engine, is_shadow)`,
  // How each engine came into force; what it would change is told before it changes anything.
  `CREATE TABLE scan_rollouts (
     engine text PRIMARY KEY, state text NOT NULL CHECK (state IN ('shadow', 'waiting', 'accepted', 'in-force')),
     started_at timestamptz NOT NULL, read_since timestamptz NOT NULL, finished_at timestamptz, versions integer NOT NULL DEFAULT 0,
     flips integer NOT NULL DEFAULT 0, changes jsonb NOT NULL DEFAULT '[]', decided_by text)`,
  `GRANT SELECT, INSERT, UPDATE ON security_scans, scan_rollouts TO assay_app`,
  // Lines are looked for by the beginning of their key.
  `CREATE INDEX log_entries_key_prefix ON log_entries (key text_pattern_ops)`,
  `CREATE INDEX checks_waiting ON checks (name, created_at) WHERE outcome IS NULL`,
];

/** Reports of the scanner, and how each of its engines came into force. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
