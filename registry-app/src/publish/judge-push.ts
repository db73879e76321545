import type { Changelog } from "../changelog/index.ts";
import { record } from "../audit/index.ts";
import { transaction, type Db, type Tx } from "../db/index.ts";
import {
  isAncestor,
  type ProposedRef,
  type PushedRef,
  type PushJudge,
  type ReadOptions,
  type RefVerdict,
} from "../git/index.ts";
import type { ControlSnapshot } from "../control/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import { insertTags, sourceRepo, type Source } from "../sources/index.ts";
import { findConflict, loadTaken, nextPatch } from "./bind-batch.ts";
import { remedyFor } from "./codes.ts";
import type { Bench, JudgeDeps } from "./bench.ts";
import { judgeTag } from "./judge-tag.ts";
import { previewBump, type PushedTag } from "./preview-bump.ts";
import { sayAccepted, sayIgnored, sayRefused } from "./say-verdict.ts";
import { listBoundNames } from "./store/facts.ts";
import { recordAttempt } from "./store/verdicts.ts";
import type { Judged, KnownVersion, PendingTag, Refused } from "./types.ts";

export type PushDeps = JudgeDeps & {
  readonly db: Db;
  readonly changelog: Changelog;
  readonly law: () => Promise<ControlSnapshot>;
  readonly gitHome: string;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Called when refs of the source changed, in the transaction that recorded the tags among them as seen. */
  readonly onPushed: (tx: Tx, sourceId: string) => Promise<void>;
};

const TAGS = "refs/tags/";
/** Tags of one push that are told whether their step is large enough. */
const NOTED = 100;
const ABSENT = /^0+$/;

/**
 * Judges a push to a hosted source ref by ref, with the very functions that admit tags later: what is accepted here is
 * published, and what is refused never enters git, so that its name stays free. A refused attempt is recorded.
 */
export function createPushJudge(deps: PushDeps, source: Source): PushJudge {
  const repo = sourceRepo(deps.gitHome, source);
  let bench: Bench | undefined;
  const acceptedInPush: PushedTag[] = [];

  const judgeOne = async (update: ProposedRef): Promise<RefVerdict> => {
    // A deletion is refused by the host, in its own words: there is no object to judge.
    if (bench === undefined || !update.ref.startsWith(TAGS) || ABSENT.test(update.new))
      return { kind: "accept" };
    const tag = pendingTag(deps, update);
    const moved = await findMove(deps, source, tag, update);
    const verdict = moved ?? (await judgeTag(deps, bench, tag));
    if (verdict.kind === "ignored")
      return { kind: "accept", message: sayIgnored(tag.name, verdict.reason) };
    const free =
      verdict.kind === "refused"
        ? { conflict: verdict, earlier: [] }
        : await findTaken(deps, source, tag, verdict, acceptedInPush);
    const refused = free.conflict;
    if (refused !== undefined) {
      await transaction(deps.db, (tx) => recordRefusal(deps, tx, source, tag, refused));
      return { kind: "refuse", message: sayRefused(tag.name, refused, pageOf(deps, source, tag)) };
    }
    if (verdict.kind !== "good") return { kind: "accept", message: "" };
    const pushed = { tag, judged: verdict };
    const note = await noteBump(deps, bench, pushed, free.earlier, acceptedInPush);
    acceptedInPush.push(pushed);
    const message = sayAccepted(source, verdict, pageOf(deps, source, tag), note);
    return { kind: "accept", message };
  };

  return {
    async begin(refs, quarantine) {
      if (source.frozen !== null) return { kind: "refuse", message: sayFrozen(source) };
      const law = await deps.law();
      const branch = `${repo.heads}${source.branch}`;
      const tips = await branchTips(deps, repo.dir, branch, refs, { quarantine });
      bench = {
        source,
        repo,
        law,
        // The tip itself is what a tag names as a rule, and needs no walk.
        isOnBranch: async (commitOid) =>
          tips.includes(commitOid) || isAncestor(repo.dir, commitOid, tips),
      };
      return { kind: "go" };
    },
    judge: judgeOne,
    end: (results) => recordPushed(deps, source, acceptedInPush, results),
  };
}

function sayFrozen({ slug, frozen }: Source): string {
  const remedy = remedyFor("SOURCE_FROZEN", { tag: "", source: slug });
  return [
    `SOURCE_FROZEN: ${slug} takes nothing new until an admin has looked at it.`,
    `  why       ${frozen?.reason ?? ""}`,
    `  mend it   ${remedy}`,
  ].join("\n");
}

/** A courtesy, which may not cost the push: of one with more tags than anybody reads about, the pages tell the rest. */
async function noteBump(
  deps: PushDeps,
  bench: Bench,
  pushed: PushedTag,
  earlier: readonly KnownVersion[],
  beside: readonly PushedTag[],
): Promise<string | undefined> {
  if (beside.length >= NOTED) return undefined;
  try {
    return await previewBump(deps, bench, pushed, { earlier, beside });
  } catch (cause) {
    deps.log.error({ cause, tag: pushed.tag.name }, "the bump of a pushed tag was not previewed");
    return undefined;
  }
}

/** Whoever asks for the tag from now on is told that it waits, and not what an earlier attempt was refused for. */
async function recordPushed(
  deps: PushDeps,
  source: Source,
  judged: readonly { readonly tag: PendingTag }[],
  results: readonly PushedRef[],
): Promise<void> {
  const accepted = new Set(results.filter((one) => one.accepted).map((one) => one.ref));
  if (accepted.size === 0) return;
  const tags = judged
    .filter(({ tag }) => accepted.has(`${TAGS}${tag.name}`))
    .map(({ tag }) => ({ ...tag, state: "pending" as const }));
  await transaction(deps.db, async (tx) => {
    await insertTags(tx, source.id, tags);
    await deps.onPushed(tx, source.id);
  });
}

async function recordRefusal(
  { clock }: PushDeps,
  tx: Tx,
  source: Source,
  tag: PendingTag,
  verdict: Refused,
): Promise<void> {
  const { id, name, oid } = tag;
  const known = await recordAttempt(tx, source.id, { id, name, oid, verdict }, clock.now());
  if (known || verdict.code !== "TAG_MOVED") return;
  // Nothing moved, so nothing is frozen for it: else whoever may push could stop the others.
  await record(tx, {
    actor: "system",
    action: "tag.move-refused",
    subject: `source:${source.slug}`,
    detail: { tag: name, to: oid },
    at: clock.now(),
  });
}

function pendingTag(deps: PushDeps, update: ProposedRef): PendingTag {
  return {
    id: deps.ids.next(),
    name: update.ref.slice(TAGS.length),
    oid: update.new,
    imported: false,
    firstSeenAt: deps.clock.now(),
  };
}

function pageOf(deps: PushDeps, source: Source, tag: PendingTag): string {
  const name = tag.name.split("/").map(encodeURIComponent).join("/");
  return `${deps.publicUrl}/sources/${source.slug}/tags/${name}`;
}

/**
 * Where the protected branch will stand after this push: a tag may come with the commit it names. What git is going to
 * refuse, since it rewrites the branch, does not count.
 */
async function branchTips(
  { readers }: PushDeps,
  repoDir: string,
  ref: string,
  refs: readonly ProposedRef[],
  options: ReadOptions,
): Promise<string[]> {
  const proposed = refs.find((one) => one.ref === ref)?.new;
  const found = await readers.info(repoDir, ref);
  const present = found.kind === "object" ? found.oid : undefined;
  if (proposed === undefined || ABSENT.test(proposed))
    return present === undefined ? [] : [present];
  if (present === undefined) return [proposed];
  const isForward = await isAncestor(repoDir, present, [proposed], options);
  return [isForward ? proposed : present];
}

/** A tag that the repo has, or that a version is bound to, does not move; nothing else about it needs judging. */
async function findMove(
  deps: PushDeps,
  source: Source,
  tag: PendingTag,
  update: ProposedRef,
): Promise<Refused | undefined> {
  const bound = (await listBoundNames(deps.db, source.id, [tag.name])).get(tag.name);
  const before = bound ?? (ABSENT.test(update.old) ? undefined : update.old);
  if (before === undefined || before === tag.oid) return undefined;
  const reason = `${tag.name} was accepted at ${before.slice(0, 12)}, this push wants it at ${tag.oid.slice(0, 12)}`;
  const [, skill, version] = /^([a-z0-9-]+?)--v(.+)$/.exec(tag.name) ?? [];
  const facts = {
    tag: tag.name,
    source: source.slug,
    ...(skill !== undefined && version !== undefined && { skill, nextVersion: nextPatch(version) }),
  };
  return {
    kind: "refused",
    code: "TAG_MOVED",
    reason,
    remedy: remedyFor("TAG_MOVED", facts),
    clauses: [{ name: "the tag stays where it was accepted", held: false, evidence: reason }],
    findings: [],
  };
}

async function findTaken(
  deps: PushDeps,
  source: Source,
  tag: PendingTag,
  judged: Judged,
  acceptedInPush: readonly PushedTag[],
): Promise<{ readonly conflict: Refused | undefined; readonly earlier: readonly KnownVersion[] }> {
  const taken = await loadTaken(deps.db, source, [{ tag, judged }]);
  const skill = taken.skills.get(judged.skill) ?? {
    id: "",
    sourceId: source.id,
    source: source.slug,
    versions: [],
  };
  const together = acceptedInPush
    .filter((one) => one.judged.skill === judged.skill)
    .map((one) => ({
      id: "",
      version: one.judged.version,
      state: "candidate" as const,
      tagName: one.tag.name,
      tagOid: one.tag.oid,
      commitOid: one.judged.commitOid,
    }));
  const earlier = [...skill.versions, ...together];
  taken.skills.set(judged.skill, { ...skill, versions: earlier });
  return { conflict: findConflict(source, taken, tag, judged), earlier };
}
