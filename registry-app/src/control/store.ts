import type { Insertable, Selectable } from "kysely";
import type { Db, LawMemoryTable, Tx } from "../db/index.ts";

type Kept = Omit<Selectable<LawMemoryTable>, "id">;

/** The law as it was kept last. */
export async function findKept(db: Db | Tx): Promise<Kept | undefined> {
  return db
    .selectFrom("law_memory")
    .select(["head", "commit_oid", "content", "kept_at"])
    .executeTakeFirst();
}

export async function putKept(tx: Tx, kept: Omit<Insertable<LawMemoryTable>, "id">) {
  await tx
    .insertInto("law_memory")
    .values({ id: true, ...kept })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(kept))
    .execute();
}
