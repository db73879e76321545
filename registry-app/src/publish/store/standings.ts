import { sql } from "kysely";
import type { Db, Tx, VersionState } from "../../db/index.ts";
import type { Waived } from "../decide.ts";
import { signerColumn } from "./signer-column.ts";
import type { StandingFacts } from "../standing.ts";

export type Released = StandingFacts & {
  readonly id: string;
  readonly state: VersionState;
  /** The waivers that it was published with. */
  readonly waived: readonly Waived[];
  /** Something that a check said after it was decided may speak against it. */
  readonly isDoubted: boolean;
};

/** Every version that was published at some time. */
export async function listReleased(db: Db | Tx): Promise<Released[]> {
  return db
    .selectFrom("skill_versions as v")
    .innerJoin("skills as k", "k.id", "v.skill_id")
    .innerJoin("teams as t", "t.id", "k.team_id")
    .where("v.state", "in", ["published", "yanked", "quarantined"])
    .orderBy("v.first_seen_at")
    .select(["v.id", "v.state", "t.slug as team", "k.name as skill", "v.version"])
    .select([signerColumn, "v.first_seen_at as firstSeenAt"])
    .select(sql<Waived[]>`coalesce(v.decision->'waived', '[]')`.as("waived"))
    .select(
      sql<boolean>`EXISTS (SELECT FROM checks c WHERE c.version_id = v.id AND c.finished_at > v.decided_at
        AND c.outcome IS DISTINCT FROM 'pass')`.as("isDoubted"),
    )
    .execute();
}

/** Whether a published version rests on a waiver that has ended by now. */
export async function hasLapsed(db: Db, now: Date): Promise<boolean> {
  const { rows } =
    await sql`SELECT FROM skill_versions v, jsonb_array_elements(v.decision->'waived') w
    WHERE v.state = 'published' AND (w->>'until')::timestamptz <= ${now} LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** What a published version rests on now, after it was weighed again. */
export async function putWaived(
  db: Db,
  versionId: string,
  waived: readonly Waived[],
): Promise<void> {
  await sql`UPDATE skill_versions SET decision = jsonb_set(decision, '{waived}', ${JSON.stringify(waived)}::jsonb)
    WHERE id = ${versionId}`.execute(db);
}

export async function putStanding(
  tx: Tx,
  versionId: string,
  state: "published" | "yanked" | "quarantined",
): Promise<void> {
  await tx
    .updateTable("skill_versions")
    .set({ state })
    .where("id", "=", versionId)
    .where("state", "in", ["published", "yanked", "quarantined"])
    .execute();
}

/** Tags that git holds and that were refused for one of these codes wait for a judgement again; returns the source of each. */
export async function reopenRefusedTags(tx: Tx, codes: readonly string[]): Promise<string[]> {
  const rows = await tx
    .updateTable("tags")
    .set({ state: "pending", code: null, reason: null, remedy: null, decided_at: null })
    .where("state", "=", "refused")
    .where("in_git", "=", true)
    .where("code", "in", [...codes])
    // A version that was refused after it was accepted is decided, not waiting for a judgement.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom("skill_versions as v").whereRef("v.tag_id", "=", "tags.id").select("v.id"),
        ),
      ),
    )
    .returning("source_id as id")
    .execute();
  return rows.map((row) => row.id);
}

/** Versions whose decision may come out otherwise under another law. */
export async function listUnsettled(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom("skill_versions")
    .where("state", "in", ["candidate", "held"])
    .select("id")
    .execute();
  return rows.map((row) => row.id);
}
