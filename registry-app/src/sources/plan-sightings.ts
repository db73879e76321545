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
};

export type TagRef = { readonly name: string; readonly oid: string };

export type SightingPlan = {
  /** Names at objects never seen there before: each becomes a pending tag. A moved tag appears here too, under its new object. */
  readonly appeared: readonly TagRef[];
  /** Rows whose drift is no longer what is recorded. */
  readonly drifts: readonly {
    readonly id: string;
    readonly name: string;
    readonly drift: Drift | null;
  }[];
};

/**
 * Compares the tags in git with those recorded; needs no event and no order of events.
 * Only bound tags drift: nothing depends on where a refused tag went.
 */
export function planSightings(
  refs: readonly TagRef[],
  recorded: readonly SightedTag[],
): SightingPlan {
  const known = new Set(
    recorded.filter((tag) => tag.inGit).map((tag) => `${tag.name}\n${tag.oid}`),
  );
  const now = new Map(refs.map((ref) => [ref.name, ref.oid]));
  const drifts = recorded
    .filter((tag) => tag.isBound)
    .map((tag) => ({
      id: tag.id,
      name: tag.name,
      was: tag.drift,
      drift: driftOf(tag, now.get(tag.name)),
    }))
    .filter((tag) => tag.was !== tag.drift)
    .map(({ id, name, drift }) => ({ id, name, drift }));
  return { appeared: refs.filter((ref) => !known.has(`${ref.name}\n${ref.oid}`)), drifts };
}

function driftOf(tag: SightedTag, oid: string | undefined): Drift | null {
  if (oid === undefined) return "vanished";
  return oid === tag.oid ? null : "moved";
}
