/** The database: how to connect (a real server or the embedded one), transactions, locks, and the shape of every table. */
export { startEmbedded, type Embedded, type EmbeddedOptions } from "./embedded/start.ts";
export { insertRows, type NewRow } from "./insert-rows.ts";
export { migrate, type MigrateOptions, type OwnerClient } from "./migrate.ts";
export { APP_ROLE, CHECK_ROLE, openDatabase, type OpenDatabase, type OpenOptions } from "./open.ts";
export type * from "./schema/evals.ts";
export type * from "./schema/people.ts";
export type * from "./schema/records.ts";
export type * from "./schema/scans.ts";
export type * from "./schema/skills.ts";
export type * from "./schema/sources.ts";
export type { Database } from "./schema/database.ts";
export {
  afterCommit,
  lockInTx,
  queryInTx,
  transaction,
  withLock,
  type RawResult,
} from "./transaction.ts";
export { isTx, type Db, type Tx } from "./types.ts";
export { isUnstorable } from "./unstorable.ts";
