import {
  MAX_COMMIT_BYTES,
  type ObjectReaders,
  type ParsedCommit,
  parseCommit,
  readFolder,
  type ReadOptions,
} from "../git/index.ts";
import { CONTROL_BRANCH, CONTROL_CAPS } from "./control-caps.ts";
import { parseControl } from "./parse-control.ts";
import type { ControlFiles, ControlProblem, ParsedControl } from "./types.ts";

export type ControlStore = {
  readonly readers: ObjectReaders;
  readonly repoDir: string;
  readonly options: ReadOptions;
};

export type FilesRead =
  | { readonly kind: "files"; readonly files: ControlFiles }
  | { readonly kind: "broken"; readonly problems: readonly ControlProblem[] };

export const CONTROL_REF = `refs/heads/${CONTROL_BRANCH}`;
const NOTHING = { revoked: new Map<string, never[]>(), yanks: [] };

export async function findControlHead(
  store: ControlStore,
  ref = CONTROL_REF,
): Promise<string | undefined> {
  const found = await store.readers.info(store.repoDir, ref, store.options);
  return found.kind === "object" ? found.oid : undefined;
}

/** A commit's own bytes, read; `missing` when there is no such commit, as in a shallow history. */
export async function readCommit(
  store: ControlStore,
  oid: string,
): Promise<ParsedCommit | { readonly kind: "missing" }> {
  const limits = { ...store.options, maxBytes: MAX_COMMIT_BYTES };
  const read = await store.readers.read(store.repoDir, oid, limits);
  if (read.kind === "too-large") return { kind: "unreadable", because: "too-large" };
  if (read.kind === "missing" || read.type !== "commit") return { kind: "missing" };
  return parseCommit(read.bytes);
}

export async function readControlFiles(store: ControlStore, commit: string): Promise<FilesRead> {
  const caps = { ...store.options, caps: CONTROL_CAPS };
  const read = await readFolder(store.readers, store.repoDir, commit, "", caps);
  if (read.kind !== "folder") return broken("", `the tree cannot be read: ${read.kind}`);
  const odd = read.files.filter(({ kind }) => kind !== "file" && kind !== "executable");
  if (odd.length > 0)
    return {
      kind: "broken",
      problems: odd.map(({ path, kind }) => ({
        file: path,
        line: 1,
        message: `only files belong here, this is a ${kind}`,
      })),
    };
  return { kind: "files", files: new Map(read.files.map(({ path, bytes }) => [path, bytes])) };
}

export async function readControl(store: ControlStore, commit: string): Promise<ParsedControl> {
  const read = await readControlFiles(store, commit);
  if (read.kind === "broken") return { ...read, tightening: NOTHING };
  return parseControl(read.files);
}

/** Problems as a person reads them, `file:line: what`, at most ten. */
export function describeProblems(problems: readonly ControlProblem[]): string {
  const shown = problems
    .slice(0, 10)
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

function broken(file: string, message: string): FilesRead {
  return { kind: "broken", problems: [{ file, line: 1, message }] };
}
