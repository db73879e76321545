import { SIGNER_CODES } from "./codes.ts";
import type { FactOf, LogFault, LoggedFact } from "./log-lines.ts";

/** What became of one tag, by the lines that count. */
export type TagStory = {
  readonly source: string;
  readonly tag: string;
  readonly tagOid: string;
  readonly firstSeenAt: string;
  readonly imported: boolean;
  /** Why no version stands on it; null also when it waits to be judged again. */
  readonly closed: FactOf<"refused"> | FactOf<"ignored"> | null;
  readonly version: VersionStory | null;
};

export type VersionStory = {
  readonly accepted: FactOf<"accepted">;
  readonly decided: FactOf<"decided"> | null;
  /** What was reported after the decision, in order. */
  readonly checked: readonly FactOf<"checked">[];
  readonly released: FactOf<"released"> | null;
  readonly standing: FactOf<"standing"> | null;
};

export type ReplayPlan = {
  /** In the order in which they were first told of. */
  readonly tags: readonly TagStory[];
  /** When each source was first read. */
  readonly syncedAt: ReadonlyMap<string, string>;
  readonly faults: readonly LogFault[];
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Omit<Writable<TagStory>, "version"> & { version: Writable<VersionStory> | null };
type Drafts = {
  readonly tags: Map<string, Draft>;
  readonly versions: Map<string, Writable<VersionStory>>;
  /** Refused for their signer: another law may judge them again. */
  readonly reopenable: Set<Draft>;
  readonly syncedAt: Map<string, string>;
  readonly faults: LogFault[];
};

/**
 * Folds the log's lines, in their order, into the story of each tag. A line that contradicts an earlier one is a fault:
 * then the log does not tell what happened. Pure.
 */
export function planReplay(facts: readonly LoggedFact[]): ReplayPlan {
  const drafts: Drafts = {
    tags: new Map(),
    versions: new Map(),
    reopenable: new Set(),
    syncedAt: new Map(),
    faults: [],
  };
  for (const fact of facts) {
    const says = tell(drafts, fact);
    if (says === undefined) continue;
    const coordinate = "coordinate" in fact ? { coordinate: fact.coordinate } : {};
    drafts.faults.push({ line: fact.line, ...coordinate, says });
  }
  const { syncedAt, faults } = drafts;
  return { tags: [...drafts.tags.values()], syncedAt, faults };
}

/** Returns what is wrong with the line, if anything is. */
function tell(drafts: Drafts, fact: LoggedFact): string | undefined {
  switch (fact.kind) {
    case "synced":
      drafts.syncedAt.set(fact.source, fact.at);
      return undefined;
    case "law":
      for (const draft of drafts.reopenable) draft.closed = null;
      drafts.reopenable.clear();
      return undefined;
    case "accepted":
      return accept(drafts, fact);
    case "refused":
    case "ignored":
      return close(drafts, fact);
    case "decided":
    case "checked":
    case "released":
    case "standing":
      return moveOn(drafts, fact);
  }
}

type Sighted = FactOf<"accepted"> | FactOf<"refused"> | FactOf<"ignored">;

function draftOf({ tags }: Drafts, fact: Sighted): Draft {
  const { source, tag, tagOid, firstSeenAt, imported } = fact;
  const key = `${source}\n${tag}\n${tagOid}`;
  const known = tags.get(key);
  if (known !== undefined) return Object.assign(known, { firstSeenAt, imported });
  const draft: Draft = {
    source,
    tag,
    tagOid,
    firstSeenAt,
    imported,
    closed: null,
    version: null,
  };
  tags.set(key, draft);
  return draft;
}

function accept(drafts: Drafts, accepted: FactOf<"accepted">): string | undefined {
  const other = drafts.versions.get(accepted.coordinate);
  if (other !== undefined)
    return `accepts a version that line ${other.accepted.line} accepted before`;
  const draft = draftOf(drafts, accepted);
  if (draft.version !== null)
    return `accepts a tag that line ${draft.version.accepted.line} accepted before`;
  const version = { accepted, decided: null, checked: [], released: null, standing: null };
  draft.version = version;
  draft.closed = null;
  drafts.reopenable.delete(draft);
  drafts.versions.set(accepted.coordinate, version);
  return undefined;
}

function close(drafts: Drafts, fact: FactOf<"refused"> | FactOf<"ignored">): string | undefined {
  const draft = draftOf(drafts, fact);
  if (draft.version !== null)
    return `closes a tag that line ${draft.version.accepted.line} accepted`;
  draft.closed = fact;
  if (fact.kind === "refused" && isSignerCode(fact.code)) drafts.reopenable.add(draft);
  else drafts.reopenable.delete(draft);
  return undefined;
}

const isSignerCode = (code: string) => SIGNER_CODES.some((one) => one === code);

function moveOn(
  drafts: Drafts,
  fact: FactOf<"decided"> | FactOf<"checked"> | FactOf<"released"> | FactOf<"standing">,
): string | undefined {
  const version = drafts.versions.get(fact.coordinate);
  if (version === undefined) return `is about a version that no line before it accepts`;
  const { accepted } = version;
  if (fact.tagOid !== accepted.tagOid)
    return `names the tag object ${fact.tagOid}, line ${accepted.line} names ${accepted.tagOid}`;
  if (fact.kind !== "standing" && fact.digest !== accepted.digest)
    return `names the digest ${fact.digest}, line ${accepted.line} names ${accepted.digest}`;
  if (fact.kind === "decided") {
    if (version.released !== null)
      return `decides on a version that line ${version.released.line} released`;
    version.decided = fact;
    // It rests on all that was reported before.
    version.checked = [];
  } else if (fact.kind === "checked") {
    if (version.decided === null) return "checks a version that no line before it decides on";
    version.checked = [...version.checked, fact];
  } else if (fact.kind === "released") {
    if (version.decided?.decision !== "publish")
      return "releases a version that was not decided to be published";
    if (version.released !== null)
      return `releases a version that line ${version.released.line} released before`;
    version.released = fact;
  } else {
    if (version.released === null) return "is about a version that no line before it releases";
    version.standing = fact;
  }
  return undefined;
}
