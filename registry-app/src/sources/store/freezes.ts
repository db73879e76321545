import type { Tx } from "../../db/index.ts";

/** Freezes a source; false when it is frozen already, for whatever reason. */
export async function putFreeze(
  tx: Tx,
  sourceId: string,
  reason: string,
  now: Date,
): Promise<boolean> {
  const frozen = await tx
    .updateTable("sources")
    .set({ frozen_at: now, frozen_reason: reason })
    .where("id", "=", sourceId)
    .where("frozen_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return frozen !== undefined;
}

/** Ends the freeze of a source and takes its reason off the tags that waited; false when it was not frozen. */
export async function dropFreeze(tx: Tx, sourceId: string, now: Date): Promise<boolean> {
  const thawed = await tx
    .updateTable("sources")
    .set({ frozen_at: null, frozen_reason: null, thawed_at: now })
    .where("id", "=", sourceId)
    .where("frozen_at", "is not", null)
    .returning("id")
    .executeTakeFirst();
  if (thawed === undefined) return false;
  await tx
    .updateTable("tags")
    .set({ code: null, reason: null, remedy: null })
    .where("source_id", "=", sourceId)
    .where("state", "=", "pending")
    .execute();
  return true;
}

/** Is the source frozen? Until the end of the transaction it stays as it is. */
export async function isFrozen(tx: Tx, sourceId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("sources")
    .where("id", "=", sourceId)
    .select("frozen_at")
    .forShare()
    .executeTakeFirst();
  return row !== undefined && row.frozen_at !== null;
}
