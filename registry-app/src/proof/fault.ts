/** What was found wrong, in one sentence, and what to do about it in another. */
export type Fault = {
  readonly check: "registry" | "log" | "tag" | "signer" | "digest" | "state" | "files";
  readonly path?: string;
  readonly says: string;
  readonly mend: string;
};

/** For what only a broken or a dishonest registry, or an edited lock file, can have given. */
export const DISTRUST =
  "Do not use this copy; ask whoever runs the registry, and compare with a mirror of its log.";

/** A path for a terminal: whoever can put a file into a folder chooses its name. */
export function shownPath(path: string): string {
  if (/^[\w./@+-]+$/.test(path)) return path;
  return JSON.stringify(path).replaceAll(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
