import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // What the host of a source is asked of the code owners of a version, what it said, and what came of it. GitHub's word,
  // and not in git: what was released stays so without it, by the registry log.
  `CREATE TABLE owner_reviews (
     version_id uuid PRIMARY KEY REFERENCES skill_versions, source_id uuid NOT NULL REFERENCES sources,
     questions jsonb NOT NULL, answers jsonb, verdict jsonb,
     due_at timestamptz, attempts integer NOT NULL DEFAULT 0, problem text)`,
  `CREATE INDEX owner_reviews_due ON owner_reviews (source_id, due_at) WHERE due_at IS NOT NULL`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON owner_reviews TO assay_app`,
];

/** Approvals of code owners. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
