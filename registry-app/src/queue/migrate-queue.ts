import { runMigrations } from "bullmq";
import { APP_ROLE, type OwnerClient } from "../db/index.ts";

/** Makes or updates the queue's own tables (schema `bullmq`) and lets the application's role use them. Idempotent. */
export async function migrateQueue(client: OwnerClient): Promise<void> {
  await runMigrations(client);
  await client.query(`GRANT USAGE ON SCHEMA bullmq TO ${APP_ROLE}`);
  await client.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${APP_ROLE}`,
  );
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA bullmq TO ${APP_ROLE}`);
}
