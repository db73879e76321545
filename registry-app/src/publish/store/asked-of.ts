import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";
import type { HostAsk } from "./host-asks.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the button stood on, as far as it is of this source and of this commit. */
export type AskedOf = {
  readonly tags: readonly { readonly id: string; readonly versionId: string | null }[];
  readonly pulls: readonly { readonly id: string; readonly number: number }[];
};

/**
 * What an ask is about: the tag or pull request that the report of this name was of, or all that have this head. A name
 * that was made up, or is of another source, is of nothing here.
 */
export async function findAskedOf(db: Db | Tx, ask: HostAsk): Promise<AskedOf> {
  const { sourceId, headOid, externalId } = ask;
  const [named] = (externalId ?? "").split("/");
  const id = named !== undefined && UUID.test(named) ? named : null;
  if (externalId !== null && id === null) return { tags: [], pulls: [] };
  const { rows: tags } = await sql<AskedOf["tags"][number]>`
    SELECT t.id, v.id AS "versionId" FROM tags t LEFT JOIN skill_versions v ON v.tag_id = t.id
    WHERE t.source_id = ${sourceId} AND t.in_git AND coalesce(t.commit_oid, v.commit_oid) = ${headOid}
      AND (${id}::uuid IS NULL OR t.id = ${id}::uuid) LIMIT 20`.execute(db);
  const { rows: pulls } = await sql<AskedOf["pulls"][number]>`
    SELECT id, number FROM pulls WHERE source_id = ${sourceId} AND is_open AND head_oid = ${headOid}
      AND (${id}::uuid IS NULL OR id = ${id}::uuid) LIMIT 20`.execute(db);
  return { tags, pulls };
}

/** Has the host told anew of these, and the pull requests judged anew. */
export async function forgetTold(tx: Tx, { tags, pulls }: AskedOf): Promise<void> {
  const ids = [...tags, ...pulls].map(({ id }) => id);
  if (ids.length === 0) return;
  await sql`UPDATE host_reports SET said = '', not_before = NULL WHERE tag_id = ANY(${ids}::uuid[])`.execute(
    tx,
  );
  await sql`UPDATE pulls SET judged_oid = NULL, said = '', not_before = NULL
    WHERE id = ANY(${ids}::uuid[]) AND (NOT is_fork OR approved_oid = head_oid)`.execute(tx);
}

/** Notes that this very head of a fork may be judged; false when its head is another one by now. */
export async function approveHead(
  tx: Tx,
  { id }: AskedOf["pulls"][number],
  headOid: string,
): Promise<boolean> {
  const row = await tx
    .updateTable("pulls")
    .set({ approved_oid: headOid })
    .where("id", "=", id)
    .where("head_oid", "=", headOid)
    .where("is_fork", "=", true)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
