import { runMigrations } from "bullmq";
import { APP_ROLE, CHECK_ROLE, type OwnerClient } from "../db/index.ts";

const ROLES = `${APP_ROLE}, ${CHECK_ROLE}`;

/** Makes or updates the queue's own tables (schema `bullmq`) and lets the roles of the product use them. Idempotent. */
export async function migrateQueue(client: OwnerClient): Promise<void> {
  await runMigrations(client);
  await client.query(`GRANT USAGE ON SCHEMA bullmq TO ${ROLES}`);
  await client.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${ROLES}`,
  );
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA bullmq TO ${ROLES}`);
}
