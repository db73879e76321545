export type FreezeFacts = {
  /** What was fetched shares no commit with what was followed before. */
  readonly isReplaced: boolean;
  /** Accepted tags that somebody moved within the last day, and since a freeze was last ended. */
  readonly movedLately: number;
  /** Is one of those that are moved or gone now news? */
  readonly isNews: boolean;
  /** Accepted tags that are moved or gone now. */
  readonly displaced: number;
  readonly bound: number;
};

/** More moved tags than one within this time are no slip. */
export const FREEZE_WINDOW_MS = 24 * 60 * 60_000;

/**
 * Why nothing new should be admitted from a source until a person has looked, or undefined. One moved tag is a slip, and
 * harms nobody; several are what an attack on a repo looks like, and so is another repo under the same name.
 */
export function findFreezeReason(facts: FreezeFacts): string | undefined {
  if (facts.isReplaced)
    return "the repo shares no commit with the one that was followed before: it was deleted and made anew under the same name, or its whole history was rewritten";
  if (facts.movedLately > 1)
    return `${facts.movedLately} accepted tags were moved to other objects within a day`;
  if (facts.isNews && facts.displaced > 1 && facts.displaced === facts.bound)
    return `all ${facts.bound} accepted tags were moved or deleted`;
  return undefined;
}
