import { transaction, type Db } from "../db/index.ts";
import type { Clock, Ids } from "../runtime/index.ts";
import {
  indexCommits,
  insertTags,
  recordSynced,
  sourceRepo,
  type CommitGraph,
  type CommitGraphs,
  type Source,
  type SourceRepo,
} from "../sources/index.ts";
import { ENGINES } from "./admit-tags.ts";
import type { Bound } from "./bind-batch.ts";
import type { Decision } from "./decide.ts";
import { inParallel } from "./in-parallel.ts";
import type { FactOf, LogFault } from "./log-lines.ts";
import { readHistories, type HistoryDeps } from "./read-histories.ts";
import {
  readLoggedVersion,
  type LoggedVersion,
  type LoggedVersionDeps,
} from "./read-logged-version.ts";
import { fromLoggedCheck } from "./logged-check.ts";
import type { TagStory, VersionStory } from "./replay-plan.ts";
import { putDecision } from "./store/decisions.ts";
import { listTeamIds } from "./store/facts.ts";
import {
  closeTags,
  insertCandidates,
  insertSkills,
  skillsOf,
  type ClosedTag,
  type NewCandidate,
} from "./store/verdicts.ts";
import type { History, KnownVersion, PendingTag, RecordedCheck } from "./types.ts";

export type SourceDeps = HistoryDeps &
  LoggedVersionDeps & {
    readonly graphs: CommitGraphs;
    /** Where the repos of sources lie. */
    readonly gitHome: string;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly findAccount: (db: Db, principal: string) => Promise<string | null>;
  };

/** A version that is in the tables again, and what the log tells of it. */
export type ReplayedVersion = {
  readonly id: string;
  readonly skillId: string;
  readonly tagId: string;
  readonly tarSha256: string;
  readonly source: Source;
  readonly story: VersionStory;
};

type VersionTag = { readonly tag: PendingTag; readonly story: VersionStory };
type Session = {
  readonly source: Source;
  readonly repo: SourceRepo;
  readonly graph: CommitGraph;
  readonly teamIds: ReadonlyMap<string, string>;
  /** By `team/skill`. */
  readonly skills: Map<string, { readonly id: string; readonly versions: KnownVersion[] }>;
  readonly accounts: Map<string, string | null>;
};

const BATCH = 250;
const READ_AT_ONCE = 16;

/** Writes the rows of one source's tags and versions, up to their decision. */
export async function replaySource(
  deps: SourceDeps,
  source: Source,
  stories: readonly TagStory[],
  syncedAt: string | undefined,
): Promise<{ readonly versions: ReplayedVersion[]; readonly faults: LogFault[] }> {
  if (syncedAt !== undefined) await recordSynced(deps.db, source.id, new Date(syncedAt));
  const tags = stories.map((story) => ({ story, tag: toTag(deps, story) }));
  const rows = tags.map(({ tag }) => ({ ...tag, state: "pending" as const }));
  await transaction(deps.db, async (tx) => {
    await insertTags(tx, source.id, rows);
    await closeTags(tx, tags.flatMap(toClosed));
  });
  const accepted = tags
    .flatMap(({ tag, story }) => (story.version === null ? [] : [{ tag, story: story.version }]))
    .toSorted((a, b) => a.story.accepted.line - b.story.accepted.line);
  const repo = sourceRepo(deps.gitHome, source);
  const graph = await indexHistory(deps, source, repo, accepted);
  const teamIds = await listTeamIds(deps.db);
  const accounts = new Map<string, string | null>();
  const session = { source, repo, graph, teamIds, skills: new Map(), accounts };
  const versions: ReplayedVersion[] = [];
  const faults: LogFault[] = [];
  for (let start = 0; start < accepted.length; start += BATCH) {
    const done = await replayBatch(deps, session, accepted.slice(start, start + BATCH));
    versions.push(...done.versions);
    faults.push(...done.faults);
  }
  return { versions, faults };
}

function toTag(deps: SourceDeps, { tag, tagOid, imported, firstSeenAt }: TagStory): PendingTag {
  const seen = new Date(firstSeenAt);
  return { id: deps.ids.next(), name: tag, oid: tagOid, imported, firstSeenAt: seen };
}

function toClosed({ tag, story }: { tag: PendingTag; story: TagStory }): ClosedTag[] {
  const { closed } = story;
  if (closed === null) return [];
  const { reason } = closed;
  const verdict =
    closed.kind === "ignored"
      ? ({ kind: "ignored", reason } as const)
      : ({
          kind: "refused",
          code: closed.code,
          reason,
          remedy: closed.remedy,
          clauses: closed.clauses,
          findings: [],
        } as const);
  return [{ tag, verdict, closedAt: new Date(closed.at) }];
}

/** What the branch has, and what accepted tags have besides: a branch that was rewritten no longer reaches all of them. */
async function indexHistory(
  { db, readers, graphs }: SourceDeps,
  source: Source,
  repo: SourceRepo,
  accepted: readonly VersionTag[],
): Promise<CommitGraph> {
  const branch = await readers.info(repo.dir, `${repo.heads}${source.branch}`);
  if (branch.kind === "object") await indexCommits(db, source.id, repo.dir, branch.oid);
  let graph = await graphs.get(db, source.id);
  for (const { story } of accepted) {
    const { commit } = story.accepted;
    if (graph.has(commit)) continue;
    const found = await readers.info(repo.dir, commit);
    if (found.kind !== "object" || found.type !== "commit") continue;
    await indexCommits(db, source.id, repo.dir, commit);
    graph = await graphs.get(db, source.id);
  }
  return graph;
}

async function replayBatch(
  deps: SourceDeps,
  session: Session,
  batch: readonly VersionTag[],
): Promise<{ readonly versions: ReplayedVersion[]; readonly faults: LogFault[] }> {
  const reads = await inParallel(batch, READ_AT_ONCE, ({ story }) =>
    readLoggedVersion(deps, session.repo.dir, story.accepted),
  );
  const faults: LogFault[] = [];
  const bound = new Map<string, { readonly bound: Bound; readonly story: VersionStory }>();
  batch.forEach(({ tag, story }, at) => {
    const one = bindLogged(deps, session, tag, story, reads[at]);
    if ("says" in one) faults.push(faultOf(story, one.says));
    else bound.set(tag.id, { bound: one, story });
  });
  const all = [...bound.values()];
  const histories = await readHistories(
    deps,
    // Whether its bump was large enough was decided then.
    { source: session.source, law: { policy: { bump: "warn" } } },
    session.graph,
    all.map((one) => one.bound),
    ({ tag, earlier }) =>
      earlier.find((one) => one.version === bound.get(tag.id)?.story.accepted.previous),
  );
  const candidates: (NewCandidate & { story: VersionStory; isNewSkill: boolean })[] = [];
  for (const { bound: one, story } of all) {
    const history = histories.get(one.tag.id);
    if (history?.kind !== "history") continue;
    const flaw = findHistoryFlaw(story, history);
    if (flaw !== undefined) faults.push(faultOf(story, flaw));
    candidates.push({
      ...one,
      story,
      history,
      createdBy: await findAccount(deps, session, one.judged.signer.principal),
      acceptedAt: new Date(story.accepted.at),
      ...withChecks(story),
    });
  }
  await writeBatch(deps, session, candidates);
  const versions = candidates.map(({ id, skillId, tag, packed, story }) => {
    return {
      id,
      skillId,
      tagId: tag.id,
      tarSha256: packed.tarSha256,
      source: session.source,
      story,
    };
  });
  return { versions, faults };
}

function findHistoryFlaw(
  { accepted: { bump, previous } }: VersionStory,
  { changelog, bumpDeclared, bumpRequired }: History,
): string | undefined {
  if (changelog.from !== previous)
    return `its changelog begins after ${previous}, which is not there`;
  if (bumpDeclared === bump.declared && bumpRequired === bump.required) return undefined;
  return `its bump is ${bumpDeclared} and should be ${bumpRequired}; the line says ${bump.declared} and ${bump.required}`;
}

function bindLogged(
  { ids }: SourceDeps,
  { skills, teamIds }: Session,
  tag: PendingTag,
  { accepted }: VersionStory,
  read: LoggedVersion | undefined,
): Bound | { readonly says: string } {
  if (read === undefined || read.kind === "differs") return { says: read?.says ?? "was not read" };
  const coordinate = skillOf(accepted);
  if (!teamIds.has(teamOf(accepted)))
    return { says: `team ${teamOf(accepted)} is in no law, of today or before` };
  const known = skills.get(coordinate);
  const skill = known ?? { id: ids.next(), versions: [] };
  skills.set(coordinate, skill);
  const { judged, packed } = read;
  const id = ids.next();
  const bound = {
    id,
    skillId: skill.id,
    isNewSkill: known === undefined,
    tag,
    judged,
    packed,
    earlier: [...skill.versions],
  };
  const { version, commitOid } = judged;
  const [tagName, tagOid] = [tag.name, tag.oid];
  skill.versions.push({ id, version, state: "candidate", tagName, tagOid, commitOid });
  return bound;
}

const skillOf = ({ coordinate }: FactOf<"accepted">) => coordinate.split("@")[0] ?? "";
const teamOf = ({ coordinate }: FactOf<"accepted">) => coordinate.split("/")[0] ?? "";

function faultOf({ accepted }: VersionStory, says: string): LogFault {
  return { line: accepted.line, coordinate: accepted.coordinate, says };
}

function withChecks(story: VersionStory): Pick<NewCandidate, "recordedChecks"> {
  const recordedChecks = recordedOf(story);
  return recordedChecks === undefined ? {} : { recordedChecks };
}

/** The checks as they were when it was decided, each replaced by what was reported since. */
function recordedOf({ decided, checked }: VersionStory): readonly RecordedCheck[] | undefined {
  if (decided === null) return undefined;
  const all = [...decided.checks, ...checked.map(({ check }) => check)];
  const newest = new Map(all.map((check) => [check.name, check] as const));
  return [...newest.values()].map(fromLoggedCheck);
}

async function findAccount(
  deps: SourceDeps,
  { accounts }: Session,
  principal: string,
): Promise<string | null> {
  const known = accounts.get(principal);
  if (known !== undefined) return known;
  const found = await deps.findAccount(deps.db, principal);
  accounts.set(principal, found);
  return found;
}

async function writeBatch(
  deps: SourceDeps,
  { source, teamIds }: Session,
  candidates: readonly (NewCandidate & { story: VersionStory; isNewSkill: boolean })[],
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const opening = Map.groupBy(
      candidates.filter((one) => one.isNewSkill),
      ({ story }) => teamOf(story.accepted),
    );
    for (const [team, firsts] of opening) {
      const teamId = teamIds.get(team) ?? source.teamId;
      const owner = { sourceId: source.id, teamId, visibility: source.visibility };
      await insertSkills(tx, owner, skillsOf(firsts));
    }
    await insertCandidates(tx, candidates, { pendingChecks: [], engines: ENGINES, ids: deps.ids });
    for (const { id, tag, story } of candidates) {
      const { decided } = story;
      if (decided === null) continue;
      const version = { id, tagId: tag.id };
      await putDecision(tx, version, toDecision(decided), decided.remedy, new Date(decided.at));
    }
  });
}

function toDecision({ decision, code, reasons, waived = [] }: FactOf<"decided">) {
  if (decision === "publish") return { kind: "publish", reasons, waived } satisfies Decision;
  if (decision === "hold") return { kind: "hold", code: "HELD", reasons } satisfies Decision;
  const why = code === "KEY_REVOKED" ? code : "CHECK_FAILED";
  return { kind: "refuse", code: why, reasons } satisfies Decision;
}
