import { Refusal } from "../runtime/index.ts";

/** The two modes that git gives a regular file; nothing else enters an archive. */
export type FileMode = "100644" | "100755";

/** One file of a skill; `path` is relative to the folder of SKILL.md, with forward slashes. */
export type ArchiveFile = {
  readonly path: string;
  readonly mode: FileMode;
  readonly bytes: Uint8Array;
};

/** The first path that no archive can hold, and why, in words for its author. */
export type Unfit = { readonly path: string; readonly because: string };

type Named = Pick<ArchiveFile, "path">;

// Bytes of the two name fields of a ustar header (POSIX.1-1988), which is all that every client reads.
const NAME_MAX_BYTES = 100;
const PREFIX_MAX_BYTES = 155;

/** Finds the first path that a ustar header cannot hold or that two systems would unpack differently. */
export function findUnfitPath(files: readonly Named[]): Unfit | undefined {
  const folders = new Set(files.flatMap(({ path }) => listFolders(path)));
  const seen = new Set<string>();
  for (const { path } of files) {
    const because =
      findFault(path) ??
      (seen.has(path) ? "is there twice" : undefined) ??
      (folders.has(path) ? "is a file and a folder at once" : undefined);
    if (because !== undefined) return { path, because };
    seen.add(path);
  }
  return undefined;
}

/** Sorts by the bytes of the path, as git and `LC_ALL=C sort` do; refuses what findUnfitPath finds. */
export function toCanonicalOrder<File extends Named>(files: readonly File[]): readonly File[] {
  const unfit = findUnfitPath(files);
  if (unfit !== undefined) {
    throw new Refusal(
      "unprocessable",
      `The path ${JSON.stringify(unfit.path)} ${unfit.because}, so no archive can hold it.`,
      "Rename the file and publish a new version.",
    );
  }
  const keyed = files.map((file) => ({ file, key: Buffer.from(file.path) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ file }) => file);
}

/** Splits a path over the two name fields of a ustar header; undefined when it does not fit. */
export function splitName(path: string): { name: string; prefix: string } | undefined {
  if (Buffer.byteLength(path) <= NAME_MAX_BYTES) return { name: path, prefix: "" };
  // The shortest prefix that leaves a name that fits: one path, one header, whoever writes it.
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const name = path.slice(at + 1);
    if (Buffer.byteLength(name) > NAME_MAX_BYTES) continue;
    const prefix = path.slice(0, at);
    return Buffer.byteLength(prefix) <= PREFIX_MAX_BYTES ? { name, prefix } : undefined;
  }
  return undefined;
}

function listFolders(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    folders.push(path.slice(0, at));
  }
  return folders;
}

function findFault(path: string): string | undefined {
  if (!path.isWellFormed()) return "is not valid Unicode";
  if (hasControl(path)) return "has a control character";
  if (path.includes("\\")) return "has a backslash";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    return "has an empty, `.` or `..` part";
  }
  if (splitName(path) === undefined) return "is too long";
  return undefined;
}

function hasControl(path: string): boolean {
  for (const character of path) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
