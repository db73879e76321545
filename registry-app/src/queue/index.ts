/** The queue: the catalogue of jobs, enqueue, consume; on Postgres in the caller's transaction, or on Redis. */
export { migrateQueue } from "./migrate-queue.ts";
