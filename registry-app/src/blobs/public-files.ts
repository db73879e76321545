import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Ids } from "../runtime/index.ts";
import { isAbsent, writeAside } from "./write-aside.ts";

/** What release makes for readers, by address: `api/v1/skills/acme/pdf-forms.json`. It answers with Postgres down. */
export interface PublicFiles {
  /** Replaces the file in one step: a reader sees the old bytes or the new ones. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, undefined when absent. */
  read(path: string): Promise<Buffer | undefined>;
  /** Absent afterwards, whether it was there or not. */
  remove(path: string): Promise<void>;
}

const MAX_PATH_LENGTH = 1024;
const MAX_PART_LENGTH = 200;
const ASIDE = ".aside";

/**
 * Keeps public files under `dir`. A path is parts of `A-Z a-z 0-9 . _ @ + -` joined by `/`, none of them `.` or `..`;
 * `write` and `remove` throw for any other, `read` finds nothing there. A name is a file or a folder, never both.
 */
export function createPublicFiles(ids: Ids, dir: string): PublicFiles {
  const toPath = (path: string): string => {
    if (!isPublicPath(path))
      throw new Error(`${JSON.stringify(path)} is no path of a public file.`);
    return join(dir, path);
  };
  return {
    write: async (path, bytes) => writeAside(join(dir, ASIDE, ids.next()), toPath(path), bytes),
    async read(path) {
      if (!isPublicPath(path)) return undefined;
      try {
        return await readFile(join(dir, path));
      } catch (error) {
        if (isNoFile(error)) return undefined;
        throw error;
      }
    },
    remove: async (path) => rm(toPath(path), { force: true }),
  };
}

function isPublicPath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH) return false;
  const parts = path.split("/");
  return parts[0] !== ASIDE && parts.every(isPart);
}

function isPart(part: string): boolean {
  return (
    part.length <= MAX_PART_LENGTH && /^[\w.@+-]+$/.test(part) && part !== "." && part !== ".."
  );
}

function isNoFile(error: unknown): boolean {
  if (isAbsent(error)) return true;
  return (
    error instanceof Error && "code" in error && ["EISDIR", "ENOTDIR"].includes(String(error.code))
  );
}
