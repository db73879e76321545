import { formatTagName, parseTagName, type TagName } from "../skill/index.ts";
import type { Bench, JudgeDeps } from "./bench.ts";
import { findMisplaced, findSkillFolder, listSkillNames } from "./find-skill-folder.ts";
import { openHearing, type Hearing } from "./hearing.ts";
import { judgeSignature } from "./judge-signature.ts";
import { judgeSkill } from "./judge-skill.ts";
import type { Ignored, Judged, PendingTag, Refused } from "./types.ts";

/**
 * Judges one tag by what git and the law say: name, object, signature, signer, branch, skill. Reads only; whether the
 * version is still free is asked of the database afterwards. The first clause that fails ends it.
 */
export async function judgeTag(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
): Promise<Judged | Refused | Ignored> {
  const parsed = parseTagName(tag.name, { isOneSkillSource: true });
  if (parsed.kind === "ignored") return { kind: "ignored", reason: parsed.reason };
  const hearing = openHearing({ ...remedyFacts(bench, tag), ...wantedTag(parsed) });

  // First of all, since signing such a tag again would only lead to the next refusal.
  const unnamed = parsed.kind === "bare" ? await findUnnamed(deps, bench, tag) : undefined;
  const named = judgeName(hearing, tag, unnamed ?? parsed);
  if (named.kind === "refused") return named;
  const trust = await judgeSignature(deps, bench, tag, hearing);
  if (trust.kind === "refused") return trust;
  const commitOid = trust.tag.objectOid;
  const astray = await judgeCommit(deps, bench, commitOid, hearing);
  if (astray !== undefined) return astray;
  const place = await findSkillFolder(deps, bench.repo.dir, commitOid, named.skill);
  if (place === undefined) {
    const misplaced = await refuseMisplaced(deps, bench, commitOid, named.skill, hearing);
    return misplaced ?? refuseUnknownSkill(deps, bench, tag, commitOid, hearing);
  }
  return judgeSkill(deps, bench, { ...named, commitOid, place, trust }, hearing);
}

/** A bare version names a skill only where the commit holds exactly one; else, what the tag should have been called. */
async function findUnnamed(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
): Promise<Exclude<TagName, { kind: "ignored" }> | undefined> {
  const commit = `${tag.oid}^{commit}`;
  if ((await findSkillFolder(deps, bench.repo.dir, commit, undefined)) !== undefined)
    return undefined;
  const knownSkillNames = await listSkillNames(deps, bench.repo.dir, commit);
  const again = parseTagName(tag.name, {
    isOneSkillSource: false,
    ...(knownSkillNames.length > 0 && { knownSkillNames }),
  });
  return again.kind === "ignored" ? undefined : again;
}

function remedyFacts({ source }: Bench, tag: PendingTag) {
  return {
    tag: tag.name,
    source: source.slug,
    branch: source.branch,
    isFollowed: source.kind === "followed",
  };
}

function wantedTag(parsed: TagName) {
  if (parsed.kind !== "skill") return {};
  return { wantedTag: formatTagName(parsed.name, parsed.version), skill: parsed.name };
}

type Named = {
  readonly kind: "named";
  /** Undefined for a bare version tag of a one-skill source. */
  readonly skill: string | undefined;
  readonly version: string;
};

function judgeName(
  hearing: Hearing,
  tag: PendingTag,
  parsed: Exclude<TagName, { kind: "ignored" }>,
): Named | Refused {
  const clause = "the tag's name names a skill and a version";
  if (parsed.kind === "skill" || parsed.kind === "bare") {
    hearing.hold(clause, true, `${tag.name} says version ${parsed.version}`);
    const skill = parsed.kind === "skill" ? parsed.name : undefined;
    return { kind: "named", skill, version: parsed.version };
  }
  hearing.hold(clause, false, parsed.reason);
  const suggestions = parsed.kind === "did-you-mean" ? parsed.suggestions : [];
  const [first] = suggestions;
  return hearing.refuse(
    "UNKNOWN_SKILL",
    withSuggestions(parsed.reason, suggestions),
    first === undefined ? {} : { wantedTag: first },
  );
}

async function judgeCommit(
  deps: JudgeDeps,
  bench: Bench,
  commitOid: string,
  hearing: Hearing,
): Promise<Refused | undefined> {
  const short = commitOid.slice(0, 12);
  // What the tag says of its object's type is only its author's word.
  const target = await deps.readers.info(bench.repo.dir, commitOid);
  const isCommit = target.kind === "object" && target.type === "commit";
  if (!isCommit) {
    const reason = `${short} is not a commit of this repo`;
    hearing.hold("the tag points at a commit", false, reason);
    return hearing.refuse("NOT_A_COMMIT", reason);
  }
  const { branch } = bench.source;
  const isOnBranch = await bench.isOnBranch(commitOid);
  const evidence = `${short} ${isOnBranch ? "is" : "is not"} reachable from ${branch}`;
  if (hearing.hold("the commit is on the protected branch", isOnBranch, evidence)) return undefined;
  return hearing.refuse("NOT_ON_BRANCH", `commit ${short} is not on branch ${branch}`);
}

async function refuseMisplaced(
  deps: JudgeDeps,
  bench: Bench,
  commitOid: string,
  skill: string | undefined,
  hearing: Hearing,
): Promise<Refused | undefined> {
  if (skill === undefined) return undefined;
  const liesAt = await findMisplaced(deps, bench.repo.dir, commitOid, skill);
  if (liesAt === undefined) return undefined;
  const reason = `the skill lies at ${liesAt}, and only skills/${skill} or skills/GROUP/${skill} is published`;
  hearing.hold("the tagged commit holds the skill", false, reason);
  return hearing.refuse("UNKNOWN_SKILL", reason, { liesAt, skill });
}

async function refuseUnknownSkill(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
  commitOid: string,
  hearing: Hearing,
): Promise<Refused> {
  const knownSkillNames = await listSkillNames(deps, bench.repo.dir, commitOid);
  const again = parseTagName(tag.name, { isOneSkillSource: false, knownSkillNames });
  const suggestions = again.kind === "did-you-mean" ? again.suggestions : [];
  const reason =
    again.kind === "did-you-mean" ? again.reason : "the tagged commit holds no such skill";
  hearing.hold("the tagged commit holds the skill", false, reason);
  return hearing.refuse("UNKNOWN_SKILL", withSuggestions(reason, suggestions));
}

function withSuggestions(reason: string, suggestions: readonly string[]): string {
  return suggestions.length === 0 ? reason : `${reason}; did you mean ${suggestions.join(" or ")}?`;
}
