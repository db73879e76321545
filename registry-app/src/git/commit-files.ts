import { checkedOid, checkedRef } from "./names.ts";
import { nameObject, writeTogether, type NewObject } from "./object-files.ts";
import type { ObjectReaders } from "./object-readers.ts";
import { parseTree } from "./parse-tree.ts";
import type { CommitFiles, CommittedFiles } from "./records.ts";
import { updateRefs } from "./refs.ts";
import { makeCommit, makeTree, type TreeItem } from "./write-objects.ts";

type NewFile = { readonly bytes: Buffer; readonly isExecutable: boolean };
type Change = NewFile | null | ChangedFolder;
type ChangedFolder = Map<string, Change>;
type Repo = {
  readonly readers: ObjectReaders;
  readonly dir: string;
  /** What the commit needs and the repo may lack; written together at the end. */
  readonly objects: NewObject[];
};

const MAX_TREE_BYTES = 16 * 1024 * 1024;

/**
 * Commits changed files to a branch of a bare repo without a work tree. Only the trees on the way to a change are read
 * and written; the branch moves by compare-and-set, so that of two writers one is told `moved` and starts again.
 */
export async function commitFiles(
  readers: ObjectReaders,
  dir: string,
  wanted: CommitFiles,
): Promise<CommittedFiles> {
  const repo: Repo = { readers, dir, objects: [] };
  const ref = checkedRef(`refs/heads/${wanted.branch}`);
  const changes = nestChanges(wanted.changes, wanted.executables);
  const head = wanted.expectedHead === undefined ? await findHead(repo, ref) : wanted.expectedHead;
  const before = head === null ? undefined : await findTree(repo, head);
  const tree = (await changeTree(repo, before, changes)) ?? keep(repo, makeTree([]));
  const isMerge = (wanted.mergedParents ?? []).length > 0;
  if (head !== null && tree === before && !isMerge) return { kind: "unchanged", commit: head };
  const { author, time, message, sign } = wanted;
  const parents = [...(head === null ? [] : [head]), ...(wanted.mergedParents ?? [])];
  const commit = await makeCommit({ tree, parents, author, time, message, sign });
  await writeTogether(dir, [...repo.objects, commit]);
  const moved = await updateRefs(dir, [{ ref, newOid: commit.oid, expectedOid: head }]);
  return moved.kind === "moved"
    ? { kind: "moved", actualHead: moved.actualOid }
    : { kind: "committed", commit: commit.oid, tree };
}

function nestChanges(
  changes: CommitFiles["changes"],
  executables: CommitFiles["executables"],
): ChangedFolder {
  const root: ChangedFolder = new Map();
  for (const [path, content] of changes) {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    if (![...parts, name].every(isPlainName))
      throw new Error(`not a path: ${JSON.stringify(path)}`);
    let folder = root;
    for (const part of parts) {
      const below = folder.get(part) ?? new Map<string, Change>();
      if (!(below instanceof Map)) throw new Error(`${path} goes through a changed file`);
      folder.set(part, below);
      folder = below;
    }
    if (folder.has(name)) throw new Error(`${path} is a file and a folder`);
    const isExecutable = executables?.has(path) === true;
    folder.set(name, content === null ? null : { bytes: Buffer.from(content), isExecutable });
  }
  return root;
}

function isPlainName(name: string): boolean {
  return (
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    name.toLowerCase() !== ".git" &&
    !name.includes("\0")
  );
}

/** Returns the new tree's oid, or undefined when nothing is left in it: git keeps no empty folders. */
async function changeTree(
  repo: Repo,
  treeOid: string | undefined,
  changes: ChangedFolder,
): Promise<string | undefined> {
  const items = await readItems(repo, treeOid);
  for (const [name, change] of changes) {
    const old = items.get(name);
    const item = await changeItem(repo, old, name, change);
    if (item === undefined) items.delete(name);
    else items.set(name, item);
  }
  if (items.size === 0) return undefined;
  const tree = makeTree([...items.values()]);
  return tree.oid === treeOid ? treeOid : keep(repo, tree);
}

async function changeItem(
  repo: Repo,
  old: TreeItem | undefined,
  name: string,
  change: Change,
): Promise<TreeItem | undefined> {
  if (change === null) return undefined;
  if (change instanceof Map) {
    const oid = await changeTree(repo, old?.mode === "40000" ? old.oid : undefined, change);
    if (oid !== undefined) return { mode: "40000", name, oid };
    // Removing below what is a file, not a folder, removes nothing.
    return old?.mode === "40000" ? undefined : old;
  }
  const blob = nameObject("blob", change.bytes);
  const mode = change.isExecutable || old?.mode === "100755" ? "100755" : "100644";
  if (old?.oid === blob.oid && old.mode === mode) return old;
  keep(repo, blob);
  return { mode, name, oid: blob.oid };
}

function keep(repo: Repo, object: NewObject): string {
  repo.objects.push(object);
  return object.oid;
}

async function readItems(repo: Repo, treeOid: string | undefined): Promise<Map<string, TreeItem>> {
  if (treeOid === undefined) return new Map();
  const read = await repo.readers.read(repo.dir, treeOid, { maxBytes: MAX_TREE_BYTES });
  const parsed = read.kind === "object" && read.type === "tree" ? parseTree(read.bytes) : undefined;
  if (parsed?.kind !== "ok") throw new Error(`tree ${treeOid} cannot be read in ${repo.dir}`);
  // Latin-1 keys for names that are not UTF-8, behind a NUL that no real name holds.
  return new Map(
    parsed.entries.map(({ mode, name, nameBytes, isUtf8, oid }) => [
      isUtf8 ? name : `\0${nameBytes.toString("latin1")}`,
      { mode, name: nameBytes, oid },
    ]),
  );
}

async function findHead({ readers, dir }: Repo, ref: string): Promise<string | null> {
  const found = await readers.info(dir, ref);
  return found.kind === "missing" ? null : found.oid;
}

async function findTree({ readers, dir }: Repo, head: string): Promise<string> {
  const found = await readers.info(dir, `${checkedOid(head)}^{tree}`);
  if (found.kind === "missing") throw new Error(`commit ${head} is missing in ${dir}`);
  return found.oid;
}
