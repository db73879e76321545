import { sql, type Insertable, type Selectable } from "kysely";
import type { Database } from "./schema/database.ts";
import type { Db, Tx } from "./types.ts";

/** A row to insert, each column as a select would give it back: JSON columns as values, not as text. */
export type NewRow<Table> = {
  [Column in keyof Insertable<Table>]: Column extends keyof Selectable<Table>
    ? Selectable<Table>[Column]
    : never;
};

/** Rows sent in one statement; bounds the size of the JSON text that the server must hold. */
const CHUNK = 5000;

/**
 * Inserts many rows at once: one statement for each 5,000, whatever the number of columns.
 * Every row must have the same columns as the first. Throws when a text holds a NUL, which Postgres cannot store.
 */
export async function insertRows<T extends keyof Database & string>(
  to: Db | Tx,
  table: T,
  rows: readonly NewRow<Database[T]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  for (let from = 0; from < rows.length; from += CHUNK) {
    const json = JSON.stringify(rows.slice(from, from + CHUNK).map(withBytesAsText));
    // As quick as unnest over an array for each column, and it takes columns that hold arrays as well.
    await sql`INSERT INTO ${sql.table(table)} (${columns})
      SELECT ${columns} FROM json_populate_recordset(NULL::${sql.table(table)}, ${json}::json)`.execute(
      to,
    );
  }
}

function withBytesAsText(row: object): object {
  const bytes = Object.entries(row).filter(([, value]) => value instanceof Uint8Array);
  if (bytes.length === 0) return row;
  const texts = bytes.map(([name, value]) => [name, `\\x${Buffer.from(value).toString("hex")}`]);
  return { ...row, ...Object.fromEntries(texts) };
}
