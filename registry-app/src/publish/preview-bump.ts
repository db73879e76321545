import { hash } from "node:crypto";
import type { Changelog, CommitRecord, SkillContent } from "../changelog/index.ts";
import { policyOf } from "../control/index.ts";
import type { Db } from "../db/index.ts";
import { isAncestor, walkCommits } from "../git/index.ts";
import { previousOf } from "../skill/index.ts";
import { toCommitTime } from "../sources/index.ts";
import type { Bench } from "./bench.ts";
import { BUMP_RULE, MAX_COMMITS, tellHistory, toContent } from "./read-histories.ts";
import { loadContents } from "./store/facts.ts";
import type { Judged, KnownVersion, PendingTag } from "./types.ts";

export type PushedTag = { readonly tag: PendingTag; readonly judged: Judged };

/** How many lower versions are asked whether they are ancestors: a line of a skill has its last one near. */
const MAX_TRIES = 10;

/**
 * What is told at the push of a step that is smaller than the changes ask for: the very words that admission will write
 * down. The commits of the push are in the repo by now and in no index yet, so git is asked for them. Undefined when the
 * step is large enough.
 */
export async function previewBump(
  deps: { readonly db: Db; readonly changelog: Changelog },
  bench: Bench,
  pushed: PushedTag,
  before: {
    readonly earlier: readonly KnownVersion[];
    /** Accepted earlier in the same push, and in no table yet. */
    readonly beside: readonly PushedTag[];
  },
): Promise<string | undefined> {
  const { tag, judged } = pushed;
  const previous = await findPreviousInGit(bench, judged, before.earlier);
  // The step to a first version is never too small.
  if (previous === undefined) return undefined;
  const commits = await listTouching(bench, judged, previous.commitOid);
  const beside = before.beside.find((one) => one.tag.oid === previous.tagOid);
  const content =
    beside === undefined ? await loadContent(deps.db, previous.id) : contentOf(beside);
  const { source, law } = bench;
  const told = tellHistory(
    deps.changelog,
    { source, law: { policy: policyOf(law, source.slug) } },
    { tag, judged, content: contentOf(pushed) },
    { previous, commits, ...(content !== undefined && { content }) },
  );
  if (told.kind === "refused") return `${told.reason}; policy.yaml asks for more, and refuses it`;
  return told.findings.find(({ rule }) => rule === BUMP_RULE)?.message;
}

async function findPreviousInGit(
  { repo }: Bench,
  { version, commitOid }: Judged,
  earlier: readonly KnownVersion[],
): Promise<KnownVersion | undefined> {
  let left = earlier.filter(({ state }) => state !== "refused");
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const wanted = previousOf(
      version,
      left.map((one) => one.version),
    );
    const found = left.find((one) => one.version === wanted);
    if (found === undefined) return undefined;
    if (await isAncestor(repo.dir, found.commitOid, [commitOid])) return found;
    left = left.filter((one) => one !== found);
  }
  return undefined;
}

/** Newest first, as the changelog wants them. */
async function listTouching(
  { repo }: Bench,
  { folder, commitOid }: Judged,
  from: string,
): Promise<readonly CommitRecord[]> {
  const touching: CommitRecord[] = [];
  const range = { tips: [commitOid], known: [from] };
  for await (const commit of walkCommits(repo.dir, range)) {
    const touches = commit.paths.some((path) => folder === "" || path.startsWith(`${folder}/`));
    if (!touches) continue;
    const { oid, authorName, authorEmail, message, committerTimeSeconds } = commit;
    const committedAt = toCommitTime(committerTimeSeconds);
    touching.push({ oid, authorName, authorEmail, message, committedAt });
    if (touching.length > MAX_COMMITS) touching.shift();
  }
  return touching.toReversed();
}

async function loadContent(db: Db, versionId: string): Promise<SkillContent | undefined> {
  return (await loadContents(db, [versionId])).get(versionId);
}

function contentOf({ judged }: PushedTag): SkillContent {
  const files = judged.files.map(({ path, mode, bytes }) => ({
    path,
    mode,
    sizeBytes: bytes.length,
    sha256: hash("sha256", bytes),
  }));
  return toContent(judged.skill, judged.reading.allowedTools, files);
}
