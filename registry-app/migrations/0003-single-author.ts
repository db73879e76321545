import { sql, type Kysely } from "kysely";

/** An index of the law like the rest of the table: whether only one person may sign for the source. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE sources ADD is_single_author boolean NOT NULL DEFAULT false`.execute(db);
}
