import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // Once for each version, and never changed: what it did when its own cases were run.
  `CREATE TABLE observations (
     version_id uuid PRIMARY KEY REFERENCES skill_versions,
     detail jsonb NOT NULL, created_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, DELETE ON observations TO assay_app`,
  `GRANT SELECT, INSERT ON observations TO assay_checks`,
];

/** What versions were seen to do. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
