import type { Db } from "../db/index.ts";
import type { Ids } from "../runtime/index.ts";
import type { Source } from "../sources/index.ts";
import { remedyFor, type RemedyFacts, type TagCode } from "./codes.ts";
import { listBoundElsewhere, listBoundNames, loadSkills } from "./store/facts.ts";
import type {
  Ignored,
  Judged,
  KnownSkill,
  KnownVersion,
  Packed,
  PendingTag,
  Refused,
} from "./types.ts";

/** A good tag whose version is free: the id it will have, and the skill it belongs to. */
export type Bound = {
  readonly id: string;
  readonly skillId: string;
  readonly isNewSkill: boolean;
  readonly tag: PendingTag;
  readonly judged: Judged;
  readonly packed: Packed;
  /** Versions of the skill accepted before this one, those of the same batch included. */
  readonly earlier: readonly KnownVersion[];
};

type Good = Judged & { readonly packed: Packed };
type JudgedTag = { readonly tag: PendingTag; readonly verdict: Good | Refused | Ignored };
type Closed = { readonly tag: PendingTag; readonly verdict: Refused };

/**
 * Holds good tags against what was accepted earlier: the tag name, the object, the version and the coordinate each
 * belong to whoever had them first. Goes through the batch in order, so that the first of two equals wins.
 */
export async function bindBatch(
  deps: { readonly db: Db; readonly ids: Ids },
  source: Source,
  tags: readonly JudgedTag[],
): Promise<{ bound: Bound[]; refused: Closed[] }> {
  const good = tags.flatMap(({ tag, verdict }) =>
    verdict.kind === "good" ? [{ tag, judged: verdict }] : [],
  );
  if (good.length === 0) return { bound: [], refused: [] };
  const taken = await loadTaken(deps.db, source, good);
  const bound: Bound[] = [];
  const refused: Closed[] = [];
  for (const { tag, judged } of good) {
    const conflict = findConflict(source, taken, tag, judged);
    if (conflict !== undefined) {
      refused.push({ tag, verdict: conflict });
      continue;
    }
    const known = taken.skills.get(judged.skill);
    const skill = known ?? {
      id: deps.ids.next(),
      sourceId: source.id,
      source: source.slug,
      versions: [],
    };
    const id = deps.ids.next();
    const isNewSkill = known === undefined || taken.opened.has(skill.id);
    if (known === undefined) taken.opened.add(skill.id);
    bound.push({
      id,
      skillId: skill.id,
      isNewSkill,
      tag,
      judged,
      packed: judged.packed,
      earlier: skill.versions,
    });
    const version: KnownVersion = {
      id,
      version: judged.version,
      state: "candidate",
      tagName: tag.name,
      tagOid: tag.oid,
      commitOid: judged.commitOid,
    };
    taken.skills.set(judged.skill, { ...skill, versions: [...skill.versions, version] });
    taken.names.set(tag.name, tag.oid);
  }
  return { bound, refused };
}

type Taken = {
  readonly names: Map<string, string>;
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly skills: Map<string, KnownSkill>;
  /** Skills that this batch opens. */
  readonly opened: Set<string>;
};

export async function loadTaken(
  db: Db,
  source: Source,
  good: readonly {
    readonly tag: { readonly name: string; readonly oid: string };
    readonly judged: { readonly skill: string; readonly payloadSha256: string };
  }[],
): Promise<Taken> {
  const [names, elsewhere, skills] = await Promise.all([
    listBoundNames(
      db,
      source.id,
      good.map(({ tag }) => tag.name),
    ),
    listBoundElsewhere(
      db,
      source.id,
      good.map(({ judged }) => judged.payloadSha256),
    ),
    loadSkills(db, source.teamId, [...new Set(good.map(({ judged }) => judged.skill))]),
  ]);
  return { names, elsewhere, skills, opened: new Set() };
}

/** Why a good tag cannot have its version, or nothing. */
export function findConflict(
  source: Source,
  taken: Taken,
  tag: PendingTag,
  judged: Judged,
): Refused | undefined {
  const skill = taken.skills.get(judged.skill);
  const facts: RemedyFacts = {
    tag: tag.name,
    source: source.slug,
    isFollowed: source.kind === "followed",
    skill: judged.skill,
    nextVersion: nextPatch(judged.version),
  };
  const clause = "the version is free and the tag never stood elsewhere";
  const refuse = (code: TagCode, reason: string): Refused => ({
    kind: "refused",
    code,
    reason,
    remedy: remedyFor(code, facts),
    clauses: [...judged.clauses, { name: clause, held: false, evidence: reason }],
    findings: [],
  });

  const boundOid = taken.names.get(tag.name);
  if (boundOid !== undefined && boundOid !== tag.oid) {
    return refuse(
      "TAG_MOVED",
      `${tag.name} was accepted at ${boundOid.slice(0, 12)} and now is at ${tag.oid.slice(0, 12)}`,
    );
  }
  const other = taken.elsewhere.get(judged.payloadSha256);
  if (other !== undefined)
    return refuse("BOUND_ELSEWHERE", `this signed tag was first accepted from ${other}`);
  if (skill !== undefined && skill.sourceId !== source.id) {
    return refuse("NAME_TAKEN", `${source.team}/${judged.skill} is published from ${skill.source}`);
  }
  const same = skill?.versions.find((one) => one.version === judged.version);
  if (same !== undefined)
    return refuse(
      "VERSION_EXISTS",
      `${judged.skill} ${judged.version} was accepted from tag ${same.tagName}`,
    );
  return undefined;
}

/** The number for a remedy's command: one patch further, pre-release parts dropped. */
export function nextPatch(version: string): string {
  const [major = "0", minor = "0", patch = "0"] = version.split("-")[0]?.split(".") ?? [];
  return `${major}.${minor}.${Number(patch) + 1}`;
}
