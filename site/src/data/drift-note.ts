import type { SourceFacts, TagSighting } from "./port.ts";

/** What became of an accepted tag in its source: what happened, what was kept, what to do. */
export type DriftNote = {
  readonly what: string;
  readonly todo: string;
  /** Absent where no one command mends it. */
  readonly command?: string;
};

const KEPT =
  "The version keeps the object that was accepted; the bytes served here did not change.";
const PLAIN = /^[\w@+./-]+$/u;

/** Null while the tag stands where it was accepted. */
export function driftNote(sighting: TagSighting, source: SourceFacts): DriftNote | null {
  const back = PLAIN.test(sighting.tag)
    ? { command: `git push origin +${sighting.oid}:refs/tags/${sighting.tag}` }
    : {};
  switch (sighting.drift) {
    case null:
      return null;
    case "moved":
      return {
        what: `This tag was moved to another object at its host after it was accepted. ${KEPT}`,
        todo: "If it was a slip, put the tag back. If nobody of the team did it, somebody else can write there: change the host's passwords and keys first.",
        ...back,
      };
    case "vanished":
      return {
        what: `This tag was deleted at its host after it was accepted. ${KEPT}`,
        todo: "Nothing here depends on it. To have it back at the host, push it again.",
        ...back,
      };
    case "unreachable":
      return source.lastError === null
        ? {
            what: `The commit of this tag is no longer on ${source.branch}: the branch was rewritten. ${KEPT}`,
            todo: `Nothing here depends on it. The mark goes away once ${source.branch} has the commit again, by a merge for instance.`,
          }
        : {
            what: `The source could not be read at the last look, so that nobody knows whether the tag still stands there. ${KEPT}`,
            todo: "Assay tries again by itself. The page of the source says what went wrong.",
          };
  }
}
