import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // A run of a pull request has the archive of what was pushed, since it is of no version.
  `ALTER TABLE eval_queues ADD COLUMN pull_id uuid REFERENCES pulls, ADD COLUMN tar_sha256 text,
     ADD CONSTRAINT eval_queues_pull CHECK (kind = 'version' OR pull_id IS NULL OR tar_sha256 IS NOT NULL)`,
  `CREATE UNIQUE INDEX eval_queues_of_head ON eval_queues (pull_id, folder, commit_oid)`,
];

/** Evals of pull requests. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
