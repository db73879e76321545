import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Up to here the trips to another thread and back, several a file, cost more than what is done there. */
const SMALL_BYTES = 128 * 1024;
const NEW_FILE = { flag: "wx", mode: 0o644 } as const;

/** Writes to `aside` and renames to `path`, making folders when they turn out to be missing: `path` is never half written. */
export async function writeAside(aside: string, path: string, bytes: Uint8Array): Promise<void> {
  const isSmall = bytes.length <= SMALL_BYTES;
  await withFolder(aside, () =>
    isSmall ? writeFileSync(aside, bytes, NEW_FILE) : writeFile(aside, bytes, NEW_FILE),
  );
  try {
    await withFolder(path, () => renameSync(aside, path));
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** True for the error of a path that does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function withFolder(path: string, act: () => void | Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    await act();
  }
}
