import type { Db, SourceCredentialsTable, Tx } from "../../db/index.ts";

export type SealedCredential = Pick<SourceCredentialsTable, "kind" | "origin" | "sealed"> & {
  readonly knownHosts: string | null;
};

export async function findSealed(
  db: Db | Tx,
  sourceId: string,
): Promise<SealedCredential | undefined> {
  return db
    .selectFrom("source_credentials")
    .where("source_id", "=", sourceId)
    .select(["kind", "origin", "sealed", "known_hosts as knownHosts"])
    .executeTakeFirst();
}

export async function putSealed(
  tx: Tx,
  sourceId: string,
  { kind, origin, sealed, knownHosts }: SealedCredential,
  now: Date,
): Promise<void> {
  const facts = { kind, origin, sealed, known_hosts: knownHosts, set_at: now };
  await tx
    .insertInto("source_credentials")
    .values({ source_id: sourceId, ...facts })
    .onConflict((conflict) => conflict.column("source_id").doUpdateSet(facts))
    .execute();
}

/** False when there was none. */
export async function deleteSealed(tx: Tx, sourceId: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom("source_credentials")
    .where("source_id", "=", sourceId)
    .returning("source_id")
    .executeTakeFirst();
  return gone !== undefined;
}
