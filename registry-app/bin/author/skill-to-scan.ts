import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { SKILL_LIMITS, type TreeEntry } from "../../src/skill/index.ts";
import { readDiskSkill } from "./skill-on-disk.ts";

/** Bytes of all files together: twice what a skill may have, so that one that is too large is still looked at. */
const MAX_BYTES = 2 * SKILL_LIMITS.totalBytes;

/** A skill's folder with the bytes of every file. What is too large, or is no longer there, is given without. */
export function readSkillToScan(path: string): readonly TreeEntry[] {
  let left = MAX_BYTES;
  return readDiskSkill(path).map((entry) => {
    if (entry.mode !== "100644" && entry.mode !== "100755") return entry;
    if (entry.size > Math.min(left, 2 * SKILL_LIMITS.fileBytes))
      return { ...entry, bytes: undefined };
    left -= entry.size;
    return { ...entry, bytes: readWhole(join(path, entry.path)) };
  });
}

/** All bytes of a regular file that is not a link; undefined when it is gone. */
export function readWhole(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(fstatSync(file).size);
    let length = 0;
    while (length < bytes.length) {
      const got = readSync(file, bytes, length, bytes.length - length, null);
      if (got === 0) break;
      length += got;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
