/** The database: how to connect (a real server or the embedded one), transactions, locks, and the shape of every table. */
export type * from "./schema/people.ts";
export type * from "./schema/records.ts";
export type * from "./schema/skills.ts";
export type * from "./schema/sources.ts";
export type { Database } from "./schema/database.ts";
