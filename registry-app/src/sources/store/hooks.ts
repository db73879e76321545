import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";

/** Which secret a source's webhooks are signed with, and since when. */
export type HookGeneration = { readonly generation: number; readonly rotatedAt: Date | null };

export async function findHookGeneration(
  db: Db | Tx,
  sourceId: string,
): Promise<HookGeneration | undefined> {
  return db
    .selectFrom("sources")
    .where("id", "=", sourceId)
    .select(["hook_generation as generation", "hook_rotated_at as rotatedAt"])
    .executeTakeFirst();
}

/** The next generation begins. */
export async function putNextHookGeneration(
  tx: Tx,
  sourceId: string,
  now: Date,
): Promise<HookGeneration> {
  return tx
    .updateTable("sources")
    .set({ hook_generation: sql`hook_generation + 1`, hook_rotated_at: now })
    .where("id", "=", sourceId)
    .returning(["hook_generation as generation", "hook_rotated_at as rotatedAt"])
    .executeTakeFirstOrThrow();
}
