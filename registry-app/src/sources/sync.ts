import { record } from "../audit/index.ts";
import { transaction, withLock, type Db, type Tx } from "../db/index.ts";
import {
  createMirror,
  findRef,
  listRefs,
  type FetchMirror,
  type FetchOutcome,
  type Ref,
} from "../git/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import { indexCommits } from "./commit-index.ts";
import { findSignIn } from "./credentials.ts";
import { findOffBranch, isReplaced } from "./look-at-branch.ts";
import { findFreezeReason, FREEZE_WINDOW_MS, type FreezeFacts } from "./plan-freeze.ts";
import type { Lanes } from "./lanes.ts";
import { chanceOf, lanesOf, waitAfter } from "./plan-looks.ts";
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
import { countMoved, raiseAlerts } from "./store/alerts.ts";
import { putFreeze } from "./store/freezes.ts";
import { countFailures, putDue, putLook } from "./store/looks.ts";

/** A first fetch brings a whole history; those after it bring what is new. */
const FIRST_FETCH_MS = 10 * 60_000;
const FETCH_MS = 2 * 60_000;
const BUSY_MS = 2_000;
/** Names of tags that one entry of the audit log lists. */
const TAGS_TOLD = 20;

export type SyncDeps = {
  readonly db: Db;
  readonly gitHome: string;
  readonly allowedGitHosts: readonly string[];
  /** PEM file with the authorities that hosts are trusted by, when they are not the system's. */
  readonly gitCaFile: string | undefined;
  /** `fetchMirror`, or what does it elsewhere. */
  readonly fetch: (wanted: FetchMirror) => Promise<FetchOutcome>;
  /** The key that stored credentials are sealed with. */
  readonly sealKey: () => Promise<Buffer>;
  /** Absent for one look by itself: whoever waits for it is not told to come back. */
  readonly lanes?: Lanes;
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
  /** Its host or team has all its places taken; it is due again in a moment. */
  | { readonly kind: "busy" }
  | { readonly kind: "gone" };

/** A look that goes on. `begunAs`: when its source was put to be due as it began; a webhook that comes meanwhile changes that. */
type Look = { readonly source: Source; readonly begunAs: Date };

/**
 * Brings what is recorded of a source in line with its git repo: fetch (a followed source), index new commits of the
 * protected branch, record tags that appeared, moved or vanished. Safe to run at any time and any number of times.
 */
export async function syncSource(deps: SyncDeps, sourceId: string): Promise<SyncResult> {
  return withLock(deps.db, `source:${sourceId}`, async () => {
    const source = await findSourceById(deps.db, sourceId);
    if (source === undefined) return { kind: "gone" };
    const look = { source, begunAs: nextLook(deps, 0) };
    await putDue(deps.db, [{ id: source.id, dueAt: look.begunAs }]);
    const repo = sourceRepo(deps.gitHome, source);
    if (source.kind === "followed") {
      const leave = deps.lanes?.enter(lanesOf(source));
      if (deps.lanes !== undefined && leave === undefined) return comeBack(deps, source);
      const fetched = await fetchSource(deps, source, repo).finally(() => leave?.());
      if (fetched.kind === "failed") return recordUnreachable(deps, look, fetched.reason);
      return recordRefs(deps, look, repo, readFetched(repo, source.branch, fetched.refs));
    }
    // Tags before the branch: whatever tag is seen here, the branch that it came with is seen as well.
    const tags = toTagRefs(repo, await listRefs(repo.dir, repo.tags));
    const tip = await findRef(repo.dir, `${repo.heads}${source.branch}`);
    return recordRefs(deps, look, repo, { tags, tip });
  });
}

async function recordRefs(
  deps: SyncDeps,
  look: Look,
  repo: SourceRepo,
  { tags, tip }: RefsSeen,
): Promise<SyncResult> {
  const { source } = look;
  if (tip !== undefined && (await isReplaced(deps.db, source, repo.dir, tip)))
    await recordReplaced(deps, source, tip);
  const commits = tip === undefined ? 0 : await indexCommits(deps.db, source.id, repo.dir, tip);
  const recorded = await listSightedTags(deps.db, source.id);
  const offBranch = await findOffBranch(source, repo.dir, tip, recorded);
  const plan = planSightings(tags, recorded, offBranch);
  await applySightings(deps, look, plan, tip);
  return { kind: "synced", appeared: plan.appeared.length, drifted: plan.drifts.length, commits };
}

async function comeBack({ db, clock, ids }: SyncDeps, { id }: Source): Promise<SyncResult> {
  const waitMs = BUSY_MS * (1 + chanceOf(ids.next()));
  await putDue(db, [{ id, dueAt: new Date(clock.now().getTime() + waitMs) }]);
  return { kind: "busy" };
}

function nextLook({ clock, ids }: SyncDeps, failures: number): Date {
  return new Date(clock.now().getTime() + waitAfter(failures, chanceOf(ids.next())));
}

async function recordLook(deps: SyncDeps, tx: Tx, look: Look, failures: number): Promise<void> {
  const { source, begunAs } = look;
  await putLook(tx, source.id, { failures, dueAt: nextLook(deps, failures), begunAs });
}

/** What a repo shows: its tags, and where its protected branch stands. */
type RefsSeen = { readonly tags: readonly TagRef[]; readonly tip: string | undefined };

function readFetched(repo: SourceRepo, branch: string, refs: readonly Ref[]): RefsSeen {
  const tip = refs.find(({ name }) => name === `${repo.heads}${branch}`)?.oid;
  return { tags: toTagRefs(repo, refs), tip };
}

function toTagRefs(repo: SourceRepo, refs: readonly Ref[]): TagRef[] {
  return refs
    .filter(({ name }) => name.startsWith(repo.tags))
    .map((ref) => ({
      name: ref.name.slice(repo.tags.length),
      oid: ref.oid,
      commitOid: commitOf(ref),
    }));
}

function commitOf({ oid, type, peeledOid, peeledType }: Ref): string | null {
  if (type === "commit") return oid;
  return (peeledType === "commit" ? peeledOid : undefined) ?? null;
}

async function recordUnreachable(deps: SyncDeps, look: Look, reason: string): Promise<SyncResult> {
  const { source } = look;
  deps.log.warn({ source: source.slug, reason }, "a followed source could not be fetched");
  await transaction(deps.db, async (tx) => {
    await recordSyncError(tx, source.id, reason);
    // Told once, however often it is tried.
    if (source.lastError === null) await tell(deps, tx, source, "source.unreachable", { reason });
    await recordLook(deps, tx, look, (await countFailures(tx, source.id)) + 1);
  });
  return { kind: "unreachable", reason };
}

/** Before a commit of the other history is indexed, so that a crash in between cannot make it look familiar. */
async function recordReplaced(deps: SyncDeps, source: Source, tip: string): Promise<void> {
  const alert = { kind: "replaced" as const, subject: source.branch, target: tip };
  await transaction(deps.db, async (tx) => {
    if ((await raiseAlerts(tx, source.id, [alert], deps.clock.now())).length > 0)
      await tell(deps, tx, source, "source.replaced", { branch: source.branch, tip });
    const facts = { isReplaced: true, movedLately: 0, isNews: true, displaced: 0, bound: 0 };
    await freeze(deps, tx, source, facts);
  });
}

async function applySightings(
  deps: SyncDeps,
  look: Look,
  plan: SightingPlan,
  tip: string | undefined,
): Promise<void> {
  const { source } = look;
  const now = deps.clock.now();
  // Tags that were there before Assay followed the source could not know its date window.
  const imported = source.kind === "followed" && source.firstSyncedAt === null;
  const problem =
    tip === undefined && plan.bound > 0 ? `the repo has no branch ${source.branch} any more` : null;
  await transaction(deps.db, async (tx) => {
    // First of all, since it locks the source: who admits its tags meanwhile comes before all of this or after it.
    const seen = { problem, tipOid: tip ?? null, versions: plan.bound };
    await recordSynced(tx, source.id, now, seen);
    const tags = plan.appeared.map((ref) => ({
      id: deps.ids.next(),
      ...ref,
      state: "pending" as const,
      imported,
      firstSeenAt: now,
    }));
    await insertTags(tx, source.id, tags);
    await applyDrifts(deps, tx, source, plan);
    await raise(deps, tx, source, plan, tip);
    if (source.firstSyncedAt === null) await deps.onFirstSync(tx, source.slug, now);
    if (plan.appeared.length > 0 || (await hasPendingTags(tx, source.id)))
      await deps.onSightings(tx, source.id);
    // Last of all, since webhooks wait for its row.
    await recordLook(deps, tx, look, 0);
  });
}

async function applyDrifts(
  deps: SyncDeps,
  tx: Tx,
  source: Source,
  { drifts }: SightingPlan,
): Promise<void> {
  for (const [drift, rows] of Map.groupBy(drifts, (one) => one.drift))
    await setDrift(
      tx,
      rows.map(({ id }) => id),
      drift,
    );
  for (const { name, was, drift } of drifts)
    if (drift === null && was !== "unreachable")
      await tell(deps, tx, source, "tag.returned", { tag: name });
}

/** Tells what was done to accepted tags, each thing once, and freezes the source when it is too much of it. */
async function raise(
  deps: SyncDeps,
  tx: Tx,
  source: Source,
  { displaced, dropped, bound }: SightingPlan,
  tip: string | undefined,
): Promise<void> {
  const now = deps.clock.now();
  const alerts = displaced.map(({ name, from, to }) => ({
    kind: to === null ? ("vanished" as const) : ("moved" as const),
    subject: name,
    target: to ?? "",
    detail: { tag: name, from, to },
  }));
  const news = await raiseAlerts(tx, source.id, alerts, now);
  for (const { kind, detail } of news) await tell(deps, tx, source, `tag.${kind}`, detail);
  const lost = await raiseAlerts(
    tx,
    source.id,
    dropped.map(({ name, commitOid }) => ({
      kind: "rewritten" as const,
      subject: name,
      target: commitOid,
    })),
    now,
  );
  if (lost.length > 0) {
    const tags = lost.slice(0, TAGS_TOLD).map(({ subject }) => subject);
    const detail = { branch: source.branch, tip: tip ?? null, versions: lost.length, tags };
    await tell(deps, tx, source, "branch.rewritten", detail);
  }
  const since = new Date(
    Math.max(now.getTime() - FREEZE_WINDOW_MS, source.thawedAt?.getTime() ?? 0),
  );
  await freeze(deps, tx, source, {
    isReplaced: false,
    movedLately: await countMoved(tx, source.id, since),
    isNews: news.length > 0,
    displaced: displaced.length,
    bound,
  });
}

async function freeze(deps: SyncDeps, tx: Tx, source: Source, facts: FreezeFacts): Promise<void> {
  const reason = findFreezeReason(facts);
  if (reason === undefined || !(await putFreeze(tx, source.id, reason, deps.clock.now()))) return;
  deps.log.warn({ source: source.slug, reason }, "a source is frozen");
  await tell(deps, tx, source, "source.freeze", { reason });
}

async function tell(
  { clock }: SyncDeps,
  tx: Tx,
  source: Source,
  action: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  const subject = `source:${source.slug}`;
  await record(tx, { actor: "system", action, subject, detail, at: clock.now() });
}

export type FetchDeps = Pick<
  SyncDeps,
  "db" | "gitHome" | "allowedGitHosts" | "gitCaFile" | "fetch" | "sealKey"
>;

/**
 * Brings the head of one pull request, which may be a stranger's, into a ref of its own: no branch, no tag, and nothing
 * that publishing looks at. Returns why that did not succeed, or nothing.
 */
export async function fetchPullHead(
  deps: FetchDeps,
  source: Source,
  number: number,
): Promise<string | undefined> {
  // GitHub's, Gitea's and Forgejo's name for it.
  const refspecs = [`+refs/pull/${number}/head:refs/pulls/${number}`];
  const fetched = await withLock(deps.db, `source:${source.id}`, () =>
    fetchSource(deps, source, sourceRepo(deps.gitHome, source), refspecs),
  );
  return fetched.kind === "failed" ? fetched.reason : undefined;
}

/** `reason`: in words for the source's page. */
type Fetched =
  | { readonly kind: "fetched"; readonly refs: readonly Ref[] }
  | { readonly kind: "failed"; readonly reason: string };

async function fetchSource(
  deps: FetchDeps,
  source: Source,
  repo: SourceRepo,
  refspecs?: readonly string[],
): Promise<Fetched> {
  const signIn = await findSignIn(deps.db, deps.sealKey, source);
  if (signIn.kind === "refused") return { kind: "failed", reason: signIn.reason };
  await createMirror(repo.dir);
  const outcome = await deps.fetch({
    dir: repo.dir,
    url: source.url ?? "",
    allowedHosts: deps.allowedGitHosts,
    caFile: deps.gitCaFile,
    timeoutMs: source.firstSyncedAt === null ? FIRST_FETCH_MS : FETCH_MS,
    ...(refspecs !== undefined && { refspecs }),
    ...signIn.with,
  });
  if (outcome.kind === "fetched") return outcome;
  return { kind: "failed", reason: sayWhy(outcome) };
}

function sayWhy(outcome: Exclude<FetchOutcome, { kind: "fetched" }>): string {
  switch (outcome.kind) {
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
