import type { Kysely, Transaction } from "kysely";
import type { Database } from "./schema/database.ts";

/** The database, outside a transaction. */
export type Db = Kysely<Database>;
/** The database inside a transaction. A function that takes a Tx leaves committing to its caller. */
export type Tx = Transaction<Database>;
