import { gitError, gitOutput, runGit } from "./git-command.ts";
import { checkedRef } from "./names.ts";
import { nameObject, writeTogether, type NewObject } from "./object-files.ts";
import type { ObjectReaders } from "./object-readers.ts";
import type { PublishedToStore, PublishToStore, RefUpdate, StoreFile } from "./records.ts";
import { findRef, updateRefs } from "./refs.ts";
import { makeCommit, makeTree, type TreeItem } from "./write-objects.ts";

type Folder = Map<string, TreeItem | Folder>;

const MAIN = "refs/heads/main";
const REPACK_TIMEOUT_MS = 10 * 60_000;

/**
 * Puts one version into a skill's store (made by `initBare`): a commit without parents whose tree is the skill's folder,
 * a tag at it, and `main` when it is the latest. Same input, same oids; doing it twice changes nothing. Nothing is
 * written when the files do not come to `expectedTree`. Publishing and removing in one store need the caller's lock.
 */
export async function publishToStore(version: PublishToStore): Promise<PublishedToStore> {
  const { dir, message, time, authorIdentity, isLatest } = version;
  const objects: NewObject[] = [];
  const tree = addTree(nestFiles(version.files, objects), objects);
  if (tree !== version.expectedTree) return { kind: "tree-differs", tree };
  const commit = await makeCommit({ tree, parents: [], author: authorIdentity, time, message });
  await writeTogether(dir, [...objects, commit]);
  const ref = checkedRef(`refs/tags/${version.tagName}`);
  const main: RefUpdate[] = isLatest ? [{ ref: MAIN, newOid: commit.oid }] : [];
  const moved = await updateRefs(dir, [{ ref, newOid: commit.oid, expectedOid: null }, ...main]);
  if (moved.kind === "moved" && moved.actualOid !== null) {
    if (moved.actualOid !== commit.oid)
      return { kind: "tag-taken", existingCommit: moved.actualOid };
    await updateRefs(dir, main);
  }
  return { kind: "stored", commit: commit.oid, tree };
}

/**
 * Takes a version out of a store, objects included: git hands out any object it still has to who asks by id.
 * `latestCommit` is where `main` goes, `null` when no version is left. Doing it twice changes nothing.
 */
export async function removeFromStore(
  readers: ObjectReaders,
  removal: { readonly dir: string; readonly tagName: string; readonly latestCommit: string | null },
): Promise<void> {
  const { dir, latestCommit } = removal;
  const tag = checkedRef(`refs/tags/${removal.tagName}`);
  await updateRefs(dir, [
    { ref: tag, newOid: null },
    { ref: MAIN, newOid: latestCommit },
  ]);
  await readers.forget(dir);
  const timeoutMs = REPACK_TIMEOUT_MS;
  await gitOutput({ gitDir: dir, args: ["repack", "-a", "-d", "-q"], timeoutMs });
  await gitOutput({ gitDir: dir, args: ["prune", "--expire=now"], timeoutMs });
}

/** The commit of a stored version, undefined when the store does not hold it. */
export function findInStore(dir: string, tagName: string): Promise<string | undefined> {
  return findRef(dir, `refs/tags/${tagName}`);
}

/** What git finds wrong with the bytes of a store, undefined when they are sound. */
export async function findFaults(dir: string): Promise<string | undefined> {
  const args = ["fsck", "--no-dangling", "--no-progress"];
  const run = await runGit({ gitDir: dir, args, timeoutMs: REPACK_TIMEOUT_MS });
  return run.kind === "done" ? undefined : gitError(args, run).message;
}

function nestFiles(files: readonly StoreFile[], objects: NewObject[]): Folder {
  const root: Folder = new Map();
  for (const { path, mode, bytes } of files) {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    let folder = root;
    for (const part of parts) {
      const below = folder.get(part) ?? new Map<string, TreeItem | Folder>();
      if (!(below instanceof Map)) throw new Error(`${path} goes through a file`);
      folder.set(part, below);
      folder = below;
    }
    if (folder.has(name)) throw new Error(`${path} stands twice in a version`);
    const blob = nameObject("blob", bytes);
    objects.push(blob);
    folder.set(name, { mode, name, oid: blob.oid });
  }
  return root;
}

function addTree(folder: Folder, objects: NewObject[]): string {
  const items = [...folder].map(([name, item]) =>
    item instanceof Map ? { mode: "40000", name, oid: addTree(item, objects) } : item,
  );
  const tree = makeTree(items);
  objects.push(tree);
  return tree.oid;
}
