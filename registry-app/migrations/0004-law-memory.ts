import { sql, type Kysely } from "kysely";

/** The law as it was last seen, so that an older one is not taken for it; and a way from a law to what it changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE law_memory (
     id boolean PRIMARY KEY CHECK (id), head text NOT NULL, commit_oid text NOT NULL,
     content bytea NOT NULL, kept_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, UPDATE ON law_memory TO assay_app`,
  `CREATE INDEX log_entries_law ON log_entries ((line::jsonb ->> 'law'), id)
     WHERE key LIKE 'law:%' OR key LIKE 'standing:%'`,
];
