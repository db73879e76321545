import { sql, type Kysely } from "kysely";

/** Whether the author of a pull request could sign its release, by the law as it stood when that was asked last. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE pulls ADD COLUMN signer jsonb`.execute(db);
}
