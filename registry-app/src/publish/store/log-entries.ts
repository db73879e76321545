import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";

/** Sets lines down to be carried to the registry log; a key that is there already keeps its first line. Returns how many are new. */
export async function insertLogEntries(
  tx: Tx,
  entries: readonly { readonly key: string; readonly line: string }[],
  now: Date,
): Promise<number> {
  if (entries.length === 0) return 0;
  const inserted = await sql`INSERT INTO log_entries (key, line, created_at)
    SELECT r.key, r.line, ${now} FROM json_to_recordset(${JSON.stringify(entries)}::json) AS r(key text, line text)
    ON CONFLICT (key) DO NOTHING`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0);
}

/** Lines that are not in the log yet, in the order in which they were set down. */
export async function listWaitingEntries(
  db: Db,
  limit: number,
): Promise<{ key: string; line: string }[]> {
  return db
    .selectFrom("log_entries")
    .where("seq", "is", null)
    .orderBy("id")
    .limit(limit)
    .select(["key", "line"])
    .execute();
}

/** Notes where in the log these lines stand. */
export async function putLogPlaces(
  db: Db,
  places: readonly { readonly key: string; readonly seq: number }[],
): Promise<void> {
  if (places.length === 0) return;
  await sql`UPDATE log_entries SET seq = r.seq FROM json_to_recordset(${JSON.stringify(places)}::json) AS r(key text, seq bigint)
    WHERE log_entries.key = r.key AND log_entries.seq IS NULL`.execute(db);
}

/** How many lines are known to stand in the log. */
export async function countPlaced(db: Db): Promise<number> {
  const { placed } = await db
    .selectFrom("log_entries")
    .where("seq", "is not", null)
    .select((eb) => eb.fn.countAll<number>().as("placed"))
    .executeTakeFirstOrThrow();
  return Number(placed);
}
