import { sql } from "kysely";
import {
  insertRows,
  type ArchiveFact,
  type CheckName,
  type Db,
  type Tx,
  type VersionState,
} from "../../db/index.ts";
import type { CheckState, Decision } from "../decide.ts";
import { findingRow } from "./finding-row.ts";
import type { AdvisoriesState, FindingFact, RecordedCheck, ReleaseFacts } from "../types.ts";
import { signerColumn } from "./signer-column.ts";
import { findSourceById } from "../../sources/index.ts";

/** A version with all that deciding and releasing it needs. */
export async function findReleaseFacts(
  db: Db | Tx,
  versionId: string,
): Promise<ReleaseFacts | undefined> {
  const row = await db
    .selectFrom("skill_versions as v")
    .innerJoin("skills as k", "k.id", "v.skill_id")
    .innerJoin("teams as t", "t.id", "k.team_id")
    .innerJoin("tags as g", "g.id", "v.tag_id")
    .where("v.id", "=", versionId)
    .select([
      "v.id",
      "v.state",
      "v.skill_id as skillId",
      "t.slug as team",
      "k.name as skill",
      "k.source_id as sourceId",
    ])
    .select([
      "v.version",
      "v.tag_id as tagId",
      "v.tag_name as tagName",
      "v.tag_oid as tagOid",
      "g.imported as isImported",
      "v.commit_oid as commitOid",
    ])
    .select(["v.tree_oid as treeOid", "v.digest", "v.tar_sha256 as tarSha256", "v.archives"])
    .select([signerColumn, "v.first_seen_at as firstSeenAt", "v.decided_at as decidedAt"])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { sourceId, ...facts } = row;
  const source = await findSourceById(db, sourceId);
  return source && { ...facts, source };
}

/** The newest state of each check of a version, with its findings: an outcome by a later engine replaces an earlier one. */
export async function listCheckStates(db: Db | Tx, versionId: string): Promise<RecordedCheck[]> {
  const { rows } =
    await sql<RecordedCheck>`SELECT DISTINCT ON (c.name) c.name, c.outcome, c.summary, c.score,
      c.engine_version AS "engineVersion", c.finished_at AS "finishedAt", c.detail->>'advisories' AS advisories,
      (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('rule', f.rule, 'severity', f.severity,
          'message', f.message, 'file', f.file, 'line', f.line, 'column', f."column", 'fix', f.fix))
          ORDER BY f.file, f.line, f."column", f.rule, f.message), '[]')
       FROM findings f WHERE f.version_id = c.version_id AND f.check_name = c.name) AS findings
    FROM checks c WHERE c.version_id = ${versionId} ORDER BY c.name, c.created_at DESC, c.engine_version DESC`.execute(
      db,
    );
  return rows;
}

export type CheckReport = {
  readonly versionId: string;
  readonly name: CheckName;
  readonly engineVersion: string;
  readonly outcome: NonNullable<CheckState["outcome"]>;
  readonly summary: string;
  readonly score: number | null;
  readonly detail: { readonly advisories?: AdvisoriesState };
  readonly findings: readonly FindingFact[];
};

/** A later report of the same check replaces what an earlier one found. */
export async function putCheck(
  tx: Tx,
  report: CheckReport,
  ids: { next(): string },
  now: Date,
): Promise<void> {
  const facts = {
    outcome: report.outcome,
    summary: report.summary,
    score: report.score,
    detail: JSON.stringify(report.detail),
    // What was reported last counts, also where an older engine is put back.
    created_at: now,
    finished_at: now,
  };
  await tx
    .insertInto("checks")
    .values({
      version_id: report.versionId,
      name: report.name,
      engine_version: report.engineVersion,
      ...facts,
    })
    .onConflict((conflict) =>
      conflict.columns(["version_id", "name", "engine_version"]).doUpdateSet(facts),
    )
    .execute();
  const { versionId, name } = report;
  await tx
    .deleteFrom("findings")
    .where("version_id", "=", versionId)
    .where("check_name", "=", name)
    .execute();
  const rows = report.findings.map((one) => findingRow(ids.next(), versionId, name, one));
  await insertRows(tx, "findings", rows);
}

function toStored(decision: Decision) {
  const { kind, reasons } = decision;
  if (decision.kind !== "publish" || decision.waived.length === 0) return { kind, reasons };
  return { kind, reasons, waived: decision.waived };
}

/**
 * Writes a final or holding decision on the version and on its tag. False when the version was decided meanwhile, or the
 * same way before: the time of a decision is the time of its line in the registry log, and does not move.
 */
export async function putDecision(
  tx: Tx,
  version: { readonly id: string; readonly tagId: string },
  decision: Exclude<Decision, { kind: "wait" }>,
  remedy: string | null,
  now: Date,
): Promise<boolean> {
  const state: VersionState =
    decision.kind === "publish" ? "candidate" : decision.kind === "hold" ? "held" : "refused";
  const updated = await tx
    .updateTable("skill_versions")
    .set({
      state,
      decision: JSON.stringify(toStored(decision)),
      decided_at: now,
    })
    .where("id", "=", version.id)
    .where("state", "in", ["candidate", "held"])
    .where(
      // What waits for a person says what for; the reasons of a publication are those of its first decision.
      sql<boolean>`(state <> ${state} OR decision->>'kind' IS DISTINCT FROM ${decision.kind}
        OR (state = 'held' AND decision->'reasons' IS DISTINCT FROM ${JSON.stringify(decision.reasons)}::jsonb))`,
    )
    .returning("id")
    .executeTakeFirst();
  if (updated === undefined) return false;
  if (decision.kind === "publish") return true;
  await tx
    .updateTable("tags")
    .set({
      state: decision.kind === "hold" ? "held" : "refused",
      code: decision.code,
      reason: decision.reasons.join("; "),
      remedy,
      decided_at: now,
    })
    .where("id", "=", version.tagId)
    .execute();
  return true;
}

export async function putPublished(
  tx: Tx,
  version: { readonly id: string; readonly tagId: string },
  archives: readonly ArchiveFact[],
  at: Date,
): Promise<void> {
  await tx
    .updateTable("skill_versions")
    .set({ state: "published", archives: JSON.stringify(archives), published_at: at })
    .where("id", "=", version.id)
    .execute();
  await tx
    .updateTable("tags")
    .set({ state: "published", code: null, reason: null, remedy: null, decided_at: at })
    .where("id", "=", version.tagId)
    .execute();
}

/** The published versions of a skill, for choosing the latest. */
export async function listPublished(
  db: Db | Tx,
  skillId: string,
): Promise<{ id: string; version: string }[]> {
  return db
    .selectFrom("skill_versions")
    .where("skill_id", "=", skillId)
    .where("state", "=", "published")
    .select(["id", "version"])
    .execute();
}

/** Points the skill at its latest version and takes over what that version says of itself; `at` is when that came about. */
export async function putLatest(
  tx: Tx,
  skillId: string,
  latestId: string | null,
  shownId: string,
  at: Date,
): Promise<void> {
  await sql`UPDATE skills SET latest_version_id = ${latestId}, updated_at = GREATEST(updated_at, ${at}), description = v.description,
      license = v.frontmatter->>'license', compatibility = v.frontmatter->>'compatibility'
    FROM skill_versions v WHERE skills.id = ${skillId} AND v.id = ${shownId}`.execute(tx);
}

/** How far a version is, read under a lock that lasts as long as the transaction. */
export async function lockVersion(
  tx: Tx,
  versionId: string,
): Promise<{ state: VersionState; decidedAt: Date | null } | undefined> {
  const { rows } = await sql<{ state: VersionState; decidedAt: Date | null }>`
    SELECT state, decided_at AS "decidedAt" FROM lock_version(${versionId}::uuid)`.execute(tx);
  return rows[0];
}

/** Candidates that no worker has finished: what the sweeper puts back into the queue. */
export async function listUndecided(
  db: Db,
  { isDecided, before, limit }: { isDecided: boolean; before: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("skill_versions")
    .where("state", "=", "candidate")
    .where("first_seen_at", "<", before)
    .where("decision", isDecided ? "is not" : "is", null)
    .orderBy("first_seen_at")
    .limit(limit)
    .select("id")
    .execute();
  return rows.map(({ id }) => id);
}
