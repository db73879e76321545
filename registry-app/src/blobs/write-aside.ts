import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes to `aside` and renames to `path`, making folders when they turn out to be missing: `path` is never half written. */
export async function writeAside(aside: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await withFolder(aside, () => writeFile(aside, bytes, { flag: "wx", mode: 0o644 }));
    await withFolder(path, () => rename(aside, path));
  } catch (error) {
    // A full disk would otherwise stay full of what did not fit on it.
    await rm(aside, { force: true });
    throw error;
  }
}

/** True for the error of a path that does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function withFolder(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    await act();
  }
}
