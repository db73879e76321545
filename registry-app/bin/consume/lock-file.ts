import { existsSync, renameSync, writeFileSync } from "node:fs";
import { EMPTY_LOCK, formatLock, parseLock, type Lock } from "../../src/proof/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import { readSmallFile } from "../read-small-file.ts";

const MAX_LOCK_BYTES = 64 * 1024 * 1024;

/** The lock file as it stands; an empty one where `isNew` allows that there is none. */
export function readLockFile(path: string, { isNew }: { readonly isNew: boolean }): Lock {
  if (isNew && !existsSync(path)) return EMPTY_LOCK;
  const read = parseLock(readSmallFile(path, MAX_LOCK_BYTES));
  if (read.kind === "lock") return read.lock;
  throw new Refusal(
    "unprocessable",
    `${path} is not a lock file of this version of Assay: ${read.says}.`,
    "Restore it from your version control.",
  );
}

/** Written aside and renamed, and only when it says something new. */
export function writeLockFile(path: string, lock: Lock): "written" | "unchanged" {
  const text = formatLock(lock);
  if (existsSync(path) && readSmallFile(path, MAX_LOCK_BYTES) === text) return "unchanged";
  try {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return "written";
  } catch (cause) {
    throw new Refusal(
      "unavailable",
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Name a file in a folder that you may write to: --lock FILE",
    );
  }
}
