import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // What the host of a source was last told of a tag.
  `CREATE TABLE host_reports (
     tag_id uuid PRIMARY KEY REFERENCES tags,
     said text NOT NULL, external_id text, attempts integer NOT NULL DEFAULT 0,
     not_before timestamptz, problem text, updated_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON host_reports TO assay_app`,
];

/** What hosts were told of tags. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
