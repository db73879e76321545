import { isOid } from "./names.ts";
import type { ObjectCache } from "./object-cache.ts";
import type { ObjectReaders } from "./object-readers.ts";
import { parseTree } from "./parse-tree.ts";
import type {
  FolderCaps,
  FolderFile,
  ListedEntry,
  ListedTree,
  ObjectRead,
  ParsedTree,
  ReadFolder,
  ReadOptions,
  TooLarge,
  TreeCaps,
} from "./records.ts";

type Options = ReadOptions & { readonly cache?: ObjectCache | undefined };
type Source = {
  readonly readers: ObjectReaders;
  readonly repoDir: string;
  readonly options: Options;
};
type Level = { readonly oid: string; readonly path: string; readonly isUtf8: boolean };
type Stop = Exclude<ListedTree, { kind: "listed" }>;

/** Objects read at once: enough to keep the pipe full, few enough that a wide hostile level stops at the caps. */
const READS_AT_ONCE = 32;

/**
 * Lists every leaf below a tree, level by level (sort by path for another order), and stops at the first cap that is passed, before it reads on:
 * a tree of few objects may fan out to billions of paths.
 */
export async function listTree(
  readers: ObjectReaders,
  repoDir: string,
  treeOid: string,
  caps: TreeCaps,
  options: Options = {},
): Promise<ListedTree> {
  const source = { readers, repoDir, options };
  const entries: ListedEntry[] = [];
  let level: Level[] = [{ oid: treeOid, path: "", isUtf8: true }];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    const deepest = level[0];
    if (depth > caps.maxDepth) return tooLarge("depth", caps.maxDepth, deepest?.path ?? "");
    const below: Level[] = [];
    for (let at = 0; at < level.length; at += READS_AT_ONCE) {
      const batch = level.slice(at, at + READS_AT_ONCE);
      const trees = await Promise.all(
        batch.map(async (parent) => ({ parent, tree: await readTree(source, parent, caps) })),
      );
      for (const { parent, tree } of trees) {
        if (tree.kind !== "ok") return tree;
        seen += tree.entries.length;
        if (seen > caps.maxEntries) return tooLarge("entries", caps.maxEntries, parent.path);
        addEntries(parent, tree.entries, entries, below);
      }
    }
    level = below;
  }
  return { kind: "listed", entries };
}

/**
 * The files of a folder at a commit, with their bytes and the folder's tree oid. `folder` is `""` for the root.
 * Throws when `commit` is not an object id or `folder` not a plain relative path.
 */
export async function readFolder(
  readers: ObjectReaders,
  repoDir: string,
  commit: string,
  folder: string,
  options: Options & { readonly caps: FolderCaps },
): Promise<ReadFolder> {
  if (!isOid(commit)) throw new Error("readFolder takes a full commit id");
  if (
    folder.startsWith("./") ||
    folder.startsWith("../") ||
    folder.startsWith("/") ||
    folder.endsWith("/")
  )
    throw new Error(`not a folder in a repo: ${JSON.stringify(folder)}`);
  const spec = folder === "" ? `${commit}^{tree}` : `${commit}:${folder}`;
  const found = await readers.info(repoDir, spec, options);
  if (found.kind === "missing") return found;
  if (found.type !== "tree") return { kind: "not-a-folder" };
  const listed = await listTree(readers, repoDir, found.oid, options.caps, options);
  if (listed.kind !== "listed") return listed;
  return readFiles({ readers, repoDir, options }, found.oid, listed.entries, options.caps);
}

async function readFiles(
  source: Source,
  treeOid: string,
  entries: readonly ListedEntry[],
  caps: FolderCaps,
): Promise<ReadFolder> {
  const files: FolderFile[] = [];
  let totalBytes = 0;
  for (let at = 0; at < entries.length; at += READS_AT_ONCE) {
    const batch = entries.slice(at, at + READS_AT_ONCE);
    const room = Math.min(caps.maxFileBytes, caps.maxTotalBytes - totalBytes);
    const blobs = await Promise.all(
      batch.map(async (entry) => ({ entry, blob: await readBlob(source, entry, room) })),
    );
    for (const { entry, blob } of blobs) {
      if (blob.kind === "missing") return missing(entry.oid);
      if (blob.kind === "too-large" && blob.sizeBytes > caps.maxFileBytes)
        return tooLarge("file", caps.maxFileBytes, entry.path);
      totalBytes += blob.sizeBytes;
      if (blob.kind === "too-large" || totalBytes > caps.maxTotalBytes)
        return tooLarge("total", caps.maxTotalBytes, entry.path);
      if (blob.type !== "blob")
        return { kind: "malformed", oid: treeOid, because: `${entry.path} is a ${blob.type}` };
      files.push({ ...entry, bytes: blob.bytes });
    }
  }
  return { kind: "folder", treeOid, files };
}

const NOTHING = Buffer.alloc(0);

async function readBlob(source: Source, entry: ListedEntry, maxBytes: number): Promise<ObjectRead> {
  const { oid } = entry;
  // A submodule's oid names a commit of another repo.
  if (entry.kind === "submodule" || entry.kind === "empty-folder")
    return { kind: "object", oid, type: "blob", sizeBytes: 0, bytes: NOTHING };
  return readCached(source, oid, maxBytes, "blob");
}

/** Type and oid of what is cached are known, so a hit costs git nothing. Quarantined objects may yet vanish: never kept. */
async function readCached(
  { readers, repoDir, options }: Source,
  oid: string,
  maxBytes: number,
  type: "blob" | "tree",
): Promise<ObjectRead> {
  const cache = options.quarantine === undefined ? options.cache : undefined;
  const bytes = cache?.get(repoDir, `${type} ${oid}`);
  if (bytes !== undefined)
    return bytes.length > maxBytes
      ? { kind: "too-large", oid, type, sizeBytes: bytes.length }
      : { kind: "object", oid, type, sizeBytes: bytes.length, bytes };
  const read = await readers.read(repoDir, oid, { quarantine: options.quarantine, maxBytes });
  if (read.kind === "object" && read.type === type)
    cache?.set(repoDir, `${type} ${oid}`, read.bytes);
  return read;
}

async function readTree(
  source: Source,
  tree: Level,
  caps: TreeCaps,
): Promise<Extract<ParsedTree, { kind: "ok" }> | Stop> {
  const read = await readCached(source, tree.oid, caps.maxTreeBytes, "tree");
  if (read.kind === "missing") return missing(tree.oid);
  if (read.kind === "too-large") return tooLarge("tree", caps.maxTreeBytes, tree.path);
  if (read.type !== "tree")
    return { kind: "malformed", oid: tree.oid, because: `it is a ${read.type}, not a tree` };
  const parsed = parseTree(read.bytes, tree.oid.length === 64 ? 32 : 20);
  return parsed.kind === "ok" ? parsed : { ...parsed, oid: tree.oid };
}

function addEntries(
  parent: Level,
  entries: Extract<ParsedTree, { kind: "ok" }>["entries"],
  leaves: ListedEntry[],
  below: Level[],
): void {
  const prefix = parent.path === "" ? "" : `${parent.path}/`;
  if (entries.length === 0 && parent.path !== "")
    leaves.push({ ...parent, mode: "40000", kind: "empty-folder" });
  for (const { mode, kind, oid, name, isUtf8 } of entries) {
    const place = { path: prefix + name, isUtf8: isUtf8 && parent.isUtf8, oid };
    if (kind === "folder") below.push(place);
    else leaves.push({ ...place, mode, kind });
  }
}

function missing(oid: string): { readonly kind: "missing"; readonly oid: string } {
  return { kind: "missing", oid };
}

function tooLarge(because: TooLarge["because"], limit: number, path: string): TooLarge {
  return { kind: "too-large", because, limit, path };
}
