import { sql, type Kysely } from "kysely";

/** What the scan found in a pull request, as GitHub's page of security alerts takes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE pulls ADD COLUMN sarif text`.execute(db);
}
