import { record } from "../audit/index.ts";
import { transaction, withLock, type Db, type Tx } from "../db/index.ts";
import { createMirror, fetchMirror, findRef, listRefs } from "../git/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import { indexCommits } from "./commit-index.ts";
import { planSightings, type SightingPlan, type TagRef } from "./plan-sightings.ts";
import { sourceRepo, type SourceRepo } from "./repo-dirs.ts";
import {
  findSourceById,
  hasPendingTags,
  insertTags,
  listSightedTags,
  recordSynced,
  recordSyncError,
  setDrift,
  type Source,
} from "./store.ts";

export type SyncDeps = {
  readonly db: Db;
  readonly gitHome: string;
  readonly allowedGitHosts: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Called in the transaction that recorded new tags. */
  readonly onSightings: (tx: Tx, sourceId: string) => Promise<void>;
  /** Called in the transaction that recorded what the first sync of a source saw; what came with it counts as imported. */
  readonly onFirstSync: (tx: Tx, source: string, at: Date) => Promise<void>;
};

export type SyncResult =
  | {
      readonly kind: "synced";
      readonly appeared: number;
      readonly drifted: number;
      readonly commits: number;
    }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "gone" };

/**
 * Brings what is recorded of a source in line with its git repo: fetch (a followed source), index new commits of the
 * protected branch, record tags that appeared, moved or vanished. Safe to run at any time and any number of times.
 */
export async function syncSource(deps: SyncDeps, sourceId: string): Promise<SyncResult> {
  return withLock(deps.db, `source:${sourceId}`, async () => {
    const source = await findSourceById(deps.db, sourceId);
    if (source === undefined) return { kind: "gone" };
    const repo = sourceRepo(deps.gitHome, source);
    if (source.kind === "followed") {
      const reason = await fetchSource(deps, source, repo);
      if (reason !== undefined) {
        await recordSyncError(deps.db, source.id, reason);
        deps.log.warn({ source: source.slug, reason }, "a followed source could not be fetched");
        return { kind: "unreachable", reason };
      }
    }
    // Tags before the branch: whatever tag is seen here, the branch that it came with is seen as well.
    const refs = await listTagRefs(repo);
    const tip = await findRef(repo.dir, `${repo.heads}${source.branch}`);
    const commits = tip === undefined ? 0 : await indexCommits(deps.db, source.id, repo.dir, tip);
    const plan = await applySightings(deps, source, refs);
    return { kind: "synced", appeared: plan.appeared.length, drifted: plan.drifts.length, commits };
  });
}

async function listTagRefs(repo: SourceRepo): Promise<TagRef[]> {
  const refs = await listRefs(repo.dir, repo.tags);
  return refs.map((ref) => ({ name: ref.name.slice(repo.tags.length), oid: ref.oid }));
}

async function applySightings(
  deps: SyncDeps,
  source: Source,
  refs: readonly TagRef[],
): Promise<SightingPlan> {
  const plan = planSightings(refs, await listSightedTags(deps.db, source.id));
  const now = deps.clock.now();
  // Tags that were there before Assay followed the source could not know its date window.
  const imported = source.kind === "followed" && source.firstSyncedAt === null;
  await transaction(deps.db, async (tx) => {
    const tags = plan.appeared.map((ref) => ({
      id: deps.ids.next(),
      ...ref,
      state: "pending" as const,
      imported,
      firstSeenAt: now,
    }));
    await insertTags(tx, source.id, tags);
    for (const { id, name, drift } of plan.drifts) {
      await setDrift(tx, [id], drift);
      await record(tx, {
        actor: "system",
        action: drift === null ? "tag.returned" : `tag.${drift}`,
        subject: `source:${source.slug}`,
        detail: { tag: name },
        at: now,
      });
    }
    await recordSynced(tx, source.id, now);
    if (source.firstSyncedAt === null) await deps.onFirstSync(tx, source.slug, now);
    if (plan.appeared.length > 0 || (await hasPendingTags(tx, source.id)))
      await deps.onSightings(tx, source.id);
  });
  return plan;
}

/** Returns why the fetch did not succeed, in words for the source's page, or nothing. */
async function fetchSource(
  deps: SyncDeps,
  source: Source,
  repo: SourceRepo,
): Promise<string | undefined> {
  await createMirror(repo.dir);
  const outcome = await fetchMirror({
    dir: repo.dir,
    url: source.url ?? "",
    allowedHosts: deps.allowedGitHosts,
  });
  switch (outcome.kind) {
    case "fetched":
      return undefined;
    case "refused":
      return outcome.message;
    case "too-large":
      return `the repo is larger than ${outcome.limitBytes} bytes`;
    case "unreachable":
    case "slow":
    case "not-allowed":
    case "bad-objects":
      return `${outcome.kind}: ${outcome.detail}`;
  }
}
