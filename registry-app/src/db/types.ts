import type { Kysely, Transaction } from "kysely";
import type { Database } from "./schema/database.ts";

/** The database, outside a transaction. */
export type Db = Kysely<Database>;

/**
 * The database inside a transaction; made by `transaction` only, so that what must wait for the commit can be
 * said on the way. A function that takes a Tx leaves committing to its caller.
 */
export type Tx = Transaction<Database> & { readonly [AFTER_COMMIT]: AfterCommit[] };

export type AfterCommit = () => Promise<void>;
export const AFTER_COMMIT: unique symbol = Symbol("after commit");

/** Whether `to` is a transaction. */
export function isTx(to: Db | Tx): to is Tx {
  return AFTER_COMMIT in to;
}
