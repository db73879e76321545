import type { Drift, TagState } from "../db/index.ts";

/** A tag name with one object it was seen at. */
export type SightedTag = {
  readonly id: string;
  readonly name: string;
  readonly oid: string;
  readonly state: TagState;
  readonly drift: Drift | null;
  readonly inGit: boolean;
  /** A version stands on this very object. */
  readonly isBound: boolean;
  /** That version's commit. */
  readonly commitOid: string | null;
};

export type TagRef = {
  readonly name: string;
  readonly oid: string;
  /** The commit that it is of; null where it is of something else. */
  readonly commitOid?: string | null;
};

/** Where somebody took an accepted tag: to another object, or away (`to` is null). */
export type Displacement = {
  readonly name: string;
  readonly from: string;
  readonly to: string | null;
};

export type SightingPlan = {
  /** Names at objects never seen there before: each becomes a pending tag. A moved tag appears here too, under its new object. */
  readonly appeared: readonly TagRef[];
  /** Rows whose drift is no longer what is recorded. */
  readonly drifts: readonly {
    readonly id: string;
    readonly name: string;
    readonly was: Drift | null;
    readonly drift: Drift | null;
  }[];
  /** Every accepted tag that is not where it was accepted, whether that is news or not. */
  readonly displaced: readonly Displacement[];
  /** Accepted tags that stand where they did, on commits that the protected branch no longer has. */
  readonly dropped: readonly { readonly name: string; readonly commitOid: string }[];
  /** How many versions this source has. */
  readonly bound: number;
};

/**
 * Compares the tags in git with those recorded; needs no event and no order of events.
 * Only bound tags drift: nothing depends on where a refused tag went. `offBranch` are commits of versions.
 */
export function planSightings(
  refs: readonly TagRef[],
  recorded: readonly SightedTag[],
  offBranch: ReadonlySet<string> = new Set(),
): SightingPlan {
  const known = new Set(
    recorded.filter((tag) => tag.inGit).map((tag) => `${tag.name}\n${tag.oid}`),
  );
  const now = new Map(refs.map((ref) => [ref.name, ref.oid]));
  const bound = recorded.filter((tag) => tag.isBound);
  const drifts = bound
    .map((tag) => ({
      id: tag.id,
      name: tag.name,
      was: tag.drift,
      drift: driftOf(tag, now.get(tag.name), offBranch),
    }))
    .filter((tag) => tag.was !== tag.drift);
  const displaced = bound
    .map((tag) => ({ name: tag.name, from: tag.oid, to: now.get(tag.name) ?? null }))
    .filter(({ from, to }) => from !== to);
  const dropped = bound.flatMap(({ name, oid, commitOid }) =>
    commitOid !== null && offBranch.has(commitOid) && now.get(name) === oid
      ? [{ name, commitOid }]
      : [],
  );
  const appeared = refs.filter((ref) => !known.has(`${ref.name}\n${ref.oid}`));
  return { appeared, drifts, displaced, dropped, bound: bound.length };
}

function driftOf(
  tag: SightedTag,
  oid: string | undefined,
  offBranch: ReadonlySet<string>,
): Drift | null {
  if (oid === undefined) return "vanished";
  if (oid !== tag.oid) return "moved";
  return tag.commitOid !== null && offBranch.has(tag.commitOid) ? "unreachable" : null;
}
