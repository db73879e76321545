import { sql } from "kysely";
import type { Insertable } from "kysely";
import type { Database } from "./schema/database.ts";
import type { Db, Tx } from "./types.ts";

/** Rows sent in one statement; bounds the size of the JSON text that the server must hold. */
const CHUNK = 5000;

/**
 * Inserts many rows at once: one statement for each 5,000, whatever the number of columns.
 * Every row must have the same columns as the first. Not for bytea columns: JSON has no bytes.
 */
export async function insertRows<T extends keyof Database & string>(
  tx: Db | Tx,
  table: T,
  rows: readonly Insertable<Database[T]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = sql.join(Object.keys(first).map((name) => sql.ref(name)));
  for (let from = 0; from < rows.length; from += CHUNK) {
    const json = JSON.stringify(rows.slice(from, from + CHUNK));
    await sql`INSERT INTO ${sql.table(table)} (${columns})
      SELECT ${columns} FROM json_populate_recordset(NULL::${sql.table(table)}, ${json}::json)`.execute(
      tx,
    );
  }
}
