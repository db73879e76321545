import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // A refused tag keeps no bytes to read its commit from, and that is where its host is told of it.
  `ALTER TABLE tags ADD commit_oid text`,
  `ALTER TABLE sources ADD has_host_releases boolean NOT NULL DEFAULT false`,
  `CREATE TABLE host_releases (
     version_id uuid PRIMARY KEY REFERENCES skill_versions,
     said text NOT NULL, external_id text, attempts integer NOT NULL DEFAULT 0,
     not_before timestamptz, problem text, updated_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON host_releases TO assay_app`,
];

/** Releases that hosts show for published versions, and the commits that tags are of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
