import type { Blobs } from "../blobs/index.ts";
import { policyOf, type ControlSnapshot } from "../control/index.ts";
import { isUnstorable, transaction, withLock, type Db, type Tx } from "../db/index.ts";
import type { Clock, Ids } from "../runtime/index.ts";
import { compareVersions, parseTagName } from "../skill/index.ts";
import {
  findSourceById,
  isFrozen,
  sourceRepo,
  type CommitGraph,
  type CommitGraphs,
  type Source,
} from "../sources/index.ts";
import { bindBatch, type Bound } from "./bind-batch.ts";
import { remedyFor } from "./codes.ts";
import type { Bench, JudgeDeps } from "./bench.ts";
import { inParallel } from "./in-parallel.ts";
import { openHearing } from "./hearing.ts";
import { judgeTag } from "./judge-tag.ts";
import { packSkill } from "./pack-skill.ts";
import type { LogFact } from "./log-lines.ts";
import type { RegistryLog } from "./registry-log.ts";
import { findPrevious, readHistories, type HistoryDeps } from "./read-histories.ts";
import { listPendingTags } from "./store/facts.ts";
import {
  clausesOf,
  closeTags,
  insertCandidates,
  insertSkills,
  putWaiting,
  skillsOf,
  type ClosedTag,
  type NewCandidate,
  type PendingCheck,
} from "./store/verdicts.ts";
import type { Ignored, Judged, Packed, PendingTag, Refused } from "./types.ts";

export type AdmitDeps = JudgeDeps &
  HistoryDeps & {
    readonly db: Db;
    readonly blobs: Blobs;
    readonly graphs: CommitGraphs;
    readonly law: () => Promise<ControlSnapshot>;
    readonly registryLog: RegistryLog;
    readonly gitHome: string;
    readonly clock: Clock;
    readonly ids: Ids;
    /** Engines whose checks every new version waits for; none is a registry that only validates. */
    readonly pendingChecks: readonly PendingCheck[];
    /** Finds the account of a principal, when there is one. */
    readonly findAccount: (db: Db, principal: string) => Promise<string | null>;
    /** Called in the transaction that made the candidates. */
    readonly onCandidates: (tx: Tx, versionIds: readonly string[]) => Promise<void>;
  };

/** Named on each check that this step decides itself, so that a later change of the rules shows as a later engine. */
export const ENGINES = { signature: "signature-1", validation: "validation-1" } as const;

const BATCH = 250;
const JUDGED_AT_ONCE = 24;

/**
 * Judges every pending tag of a source: each becomes a candidate version or a refused or ignored tag, in transactions
 * of up to 250. One push is a batch of one, a rebuild a batch of thousands; there is no other path. Returns how many.
 */
export async function admitTags(deps: AdmitDeps, sourceId: string): Promise<number> {
  return withLock(deps.db, `admit:${sourceId}`, async () => {
    const source = await findSourceById(deps.db, sourceId);
    if (source === undefined) return 0;
    const pending = inOrder(await listPendingTags(deps.db, sourceId));
    if (pending.length === 0) return 0;
    if (source.frozen !== null) {
      await transaction(deps.db, (tx) => letWait(tx, source, pending));
      return 0;
    }
    const session = await openSession(deps, source);
    const batches = Array.from({ length: Math.ceil(pending.length / BATCH) }, (_, index) =>
      pending.slice(index * BATCH, (index + 1) * BATCH),
    );
    // Judging keeps this process and git busy, writing the database: each batch is judged while the one before it is written.
    let written: Promise<number> = Promise.resolve(0);
    let closed = 0;
    for (const tags of batches) {
      const judging = judgeBatch(deps, session, tags);
      // Both have ended before the failure of one is thrown, so nothing goes on without the lock.
      await Promise.allSettled([judging, written]);
      closed += await written;
      written = admitEach(deps, session, await judging);
    }
    closed += await written;
    // A release flushes by itself; what is refused has nothing that would.
    if (closed > 0) await deps.registryLog.flush();
    return pending.length;
  });
}

/** Each tag's page says what it waits for. */
async function letWait(tx: Tx, source: Source, tags: readonly PendingTag[]): Promise<void> {
  const since = source.frozen?.since.toISOString() ?? "now";
  await putWaiting(tx, tags, {
    code: "SOURCE_FROZEN",
    reason: `source ${source.slug} is frozen since ${since}: ${source.frozen?.reason ?? ""}`,
    remedy: remedyFor("SOURCE_FROZEN", { tag: "", source: source.slug }),
  });
}

type Session = {
  readonly bench: Bench;
  readonly graph: CommitGraph;
  /** False while the commit index is behind the branch: then a commit that it lacks may still be on the branch. */
  readonly isIndexed: boolean;
};

async function openSession(deps: AdmitDeps, source: Source): Promise<Session> {
  const repo = sourceRepo(deps.gitHome, source);
  const branch = await deps.readers.info(repo.dir, `${repo.heads}${source.branch}`);
  const tip = branch.kind === "object" ? branch.oid : undefined;
  const graph = await deps.graphs.get(deps.db, source.id);
  const isOnBranch = (commitOid: string) => tip !== undefined && graph.isReachable(tip, commitOid);
  const bench = { source, repo, law: await deps.law(), isOnBranch };
  return { bench, graph, isIndexed: tip === undefined || graph.has(tip) };
}

/** A push moves its refs one after the other, so a tag can be seen before the branch that brings its commit. */
const REFS_SETTLE_MS = 60_000;

/** The tag stays pending and is judged again by the sync that ends the push, or by the sweep. */
function isTooEarly(
  { bench, isIndexed }: Session,
  { tag, verdict }: JudgedTag,
  now: Date,
): boolean {
  if (verdict.kind !== "refused" || verdict.code !== "NOT_ON_BRANCH") return false;
  const isFresh = now.getTime() - tag.firstSeenAt.getTime() < REFS_SETTLE_MS;
  return !isIndexed || (bench.source.kind === "hosted" && isFresh);
}

/** By first sighting, and within one sighting by version, so that a version's predecessor is admitted before it. */
function inOrder(tags: readonly PendingTag[]): PendingTag[] {
  const parsed = tags.map((tag) => ({
    tag,
    name: parseTagName(tag.name, { isOneSkillSource: true }),
  }));
  const version = (name: (typeof parsed)[number]["name"]) =>
    "version" in name ? name.version : undefined;
  return parsed
    .toSorted((a, b) => {
      const byTime = a.tag.firstSeenAt.getTime() - b.tag.firstSeenAt.getTime();
      if (byTime !== 0) return byTime;
      const [one, other] = [version(a.name), version(b.name)];
      return one !== undefined && other !== undefined ? compareVersions(one, other) : 0;
    })
    .map(({ tag }) => tag);
}

type JudgedTag = {
  readonly tag: PendingTag;
  readonly verdict: (Judged & { readonly packed: Packed }) | Refused | Ignored;
};

async function judgeBatch(
  deps: AdmitDeps,
  session: Session,
  tags: readonly PendingTag[],
): Promise<readonly JudgedTag[]> {
  const all = await inParallel(tags, JUDGED_AT_ONCE, (tag) =>
    judgeAndPack(deps, session.bench, tag),
  );
  return all.filter((one) => !isTooEarly(session, one, deps.clock.now()));
}

/** One tag that the database cannot hold must not keep its neighbours waiting for ever: it alone is refused. */
async function admitEach(
  deps: AdmitDeps,
  session: Session,
  judged: readonly JudgedTag[],
): Promise<number> {
  try {
    return await admitBatch(deps, session, judged);
  } catch (cause) {
    if (!isUnstorable(cause)) throw cause;
    const [only, ...others] = judged;
    if (only === undefined) throw cause;
    if (others.length === 0) {
      const verdict = refuseUnstorable(session, only.tag);
      return admitBatch(deps, session, [{ tag: only.tag, verdict }]);
    }
    let closed = 0;
    for (const one of judged) closed += await admitEach(deps, session, [one]);
    return closed;
  }
}

function refuseUnstorable({ bench }: Session, tag: PendingTag): Refused {
  const hearing = openHearing({ tag: tag.name, source: bench.source.slug });
  const reason =
    "the tag, its commits or SKILL.md hold characters or numbers that cannot be stored";
  hearing.hold("what the tag says can be written down", false, reason);
  return hearing.refuse("INVALID_SKILL", reason);
}

async function admitBatch(
  deps: AdmitDeps,
  { bench, graph }: Session,
  judged: readonly JudgedTag[],
): Promise<number> {
  const { bound, refused } = await bindBatch(deps, bench.source, judged);
  const { source, law } = bench;
  const judgedBy = { source, law: { policy: policyOf(law, source.slug) } };
  const histories = await readHistories(deps, judgedBy, graph, bound, findPrevious);
  const now = deps.clock.now();
  const closed: Closed[] = [
    ...refused,
    ...judged.flatMap(({ tag, verdict }) => (verdict.kind === "good" ? [] : [{ tag, verdict }])),
  ].map((one) => ({ ...one, closedAt: now }));
  const accounts = await findAccounts(
    deps,
    bound.map((one) => one.judged.signer.principal),
  );
  const candidates: (NewCandidate & { readonly bound: Bound })[] = [];
  for (const one of bound) {
    const outcome = histories.get(one.tag.id);
    if (outcome === undefined) continue;
    if (outcome.kind === "refused") closed.push({ tag: one.tag, verdict: outcome, closedAt: now });
    else
      candidates.push({
        ...one,
        history: outcome,
        createdBy: accounts.get(one.judged.signer.principal) ?? null,
        acceptedAt: now,
        bound: one,
      });
  }
  await writeBatch(deps, bench, candidates, closed);
  return closed.length;
}

/** A batch has many tags and few signers. */
async function findAccounts(
  { db, findAccount }: AdmitDeps,
  principals: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const found = [...new Set(principals)].map(
    async (one) => [one, await findAccount(db, one)] as const,
  );
  return new Map(await Promise.all(found));
}

async function judgeAndPack(deps: AdmitDeps, bench: Bench, tag: PendingTag): Promise<JudgedTag> {
  const verdict = await judgeTag(deps, bench, tag);
  if (verdict.kind !== "good") return { tag, verdict };
  const packed = await packSkill(deps.blobs, verdict.files);
  // The bytes are in the archive store now; a batch of large skills must not hold them all in memory.
  return { tag, verdict: { ...verdict, files: [], packed } };
}

async function writeBatch(
  deps: AdmitDeps,
  bench: Bench,
  candidates: readonly (NewCandidate & { readonly bound: Bound })[],
  closed: readonly Closed[],
): Promise<void> {
  const { source } = bench;
  await transaction(deps.db, async (tx) => {
    // Frozen while these were judged: they stay pending, and the job that the freeze asked for says why.
    if (await isFrozen(tx, source.id)) return;
    const opening = candidates.filter((one) => one.bound.isNewSkill);
    await insertSkills(
      tx,
      { sourceId: source.id, teamId: source.teamId, visibility: source.visibility },
      skillsOf(opening),
    );
    await insertCandidates(tx, candidates, {
      pendingChecks: deps.pendingChecks,
      engines: ENGINES,
      ids: deps.ids,
    });
    await closeTags(tx, closed);
    await deps.registryLog.append(tx, [
      ...candidates.map((one) => acceptedFact(source, bench.law, one)),
      ...closed.map((one) => closedFact(source, one)),
    ]);
    await deps.onCandidates(
      tx,
      candidates.map((one) => one.id),
    );
  });
}

type Closed = ClosedTag & { readonly tag: PendingTag };

function acceptedFact(
  source: Source,
  law: ControlSnapshot,
  { tag, judged, packed, history, createdBy, acceptedAt }: NewCandidate,
): LogFact {
  return {
    kind: "accepted",
    key: `accepted:${source.slug}:${tag.oid}`,
    at: acceptedAt.toISOString(),
    ...sightingOf(source, tag),
    coordinate: `${source.team}/${judged.skill}@${judged.version}`,
    folder: judged.folder,
    commit: judged.commitOid,
    tree: judged.treeOid,
    digest: packed.digest,
    signer: { principal: judged.signer.principal, key: judged.signer.key },
    hasAccount: createdBy !== null,
    law: law.digest,
    previous: history.changelog.from,
    bump: { declared: history.bumpDeclared, required: history.bumpRequired },
    clauses: [...judged.clauses],
  };
}

function closedFact(source: Source, { tag, verdict, closedAt }: Closed): LogFact {
  const fact = { at: closedAt.toISOString(), ...sightingOf(source, tag), reason: verdict.reason };
  const key = `${source.slug}:${tag.name}:${tag.oid}:${closedAt.getTime()}`;
  if (verdict.kind === "ignored") return { kind: "ignored", key: `ignored:${key}`, ...fact };
  const { code, remedy } = verdict;
  const clauses = clausesOf(verdict);
  return { kind: "refused", key: `refused:${key}`, ...fact, code, remedy, clauses };
}

function sightingOf(source: Source, tag: PendingTag) {
  return {
    source: source.slug,
    tag: tag.name,
    tagOid: tag.oid,
    firstSeenAt: tag.firstSeenAt.toISOString(),
    imported: tag.imported,
  };
}
