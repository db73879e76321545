import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  type Dirent,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  SKILL_LIMITS,
  skillFolders,
  type TreeEntry,
  type TreeMode,
} from "../../src/skill/index.ts";

/** A skill folder on disk, as it is called in an answer (`dir`) and where it lies (`path`). */
export type DiskSkill = {
  readonly dir: string;
  readonly path: string;
  /** Undefined at the root of a repo, where the tag names the skill. */
  readonly dirName: string | undefined;
};

/** Entries looked at before the walk ends: far above what a skill may have, so that the finding about it is still made. */
const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 64;
/** Files so small may be Git LFS pointers; of larger ones no rule needs the bytes. */
const SNIFFED_BYTES = 1024;
const SKILL_FILES = new Set(["SKILL.md", "skill.md"]);

/**
 * The skills that a folder stands for: itself when it is a skill's, else those below it as a source keeps them. A folder
 * without any stands for itself, so that the missing SKILL.md is found. Undefined when there is no such folder.
 */
export function findDiskSkills(argument: string): readonly DiskSkill[] | undefined {
  const stats = statSync(argument, { throwIfNoEntry: false });
  if (stats?.isFile() === true && SKILL_FILES.has(basename(argument)))
    return [itself(argument, dirname(argument))];
  if (stats?.isDirectory() !== true) return undefined;
  if (hasSkillFile(argument) && !isRepo(argument)) return [itself(argument, argument)];
  const below = findBelow(argument);
  return below.length > 0 ? below : [itself(argument, argument)];
}

/** Every file, link and submodule of a skill's folder, with the bytes that its rules ask for. Links are not followed. */
export function readDiskSkill(path: string): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  walk(Buffer.from(path), "", 0, entries);
  return entries;
}

/** Puts a new text in the place of a skill's SKILL.md, in one step: what is there stays whole until the new one is. */
export function writeSkillFile(path: string, text: string): void {
  const file = join(path, "SKILL.md");
  const { mode } = lstatSync(file);
  const aside = `${file}.${process.pid}.tmp`;
  writeFileSync(aside, text, { mode, flag: "wx" });
  renameSync(aside, file);
}

function itself(dir: string, path: string): DiskSkill {
  return { dir, path, dirName: isRepo(path) ? undefined : basename(resolve(path)) };
}

function findBelow(argument: string): readonly DiskSkill[] {
  const prefix = argument.replace(/(?<=.)\/+$/, "");
  const inSource = skillFolders(listSkillFiles(join(argument, "skills"), "skills"));
  // The folder `skills` of a source may be given as well as the source itself.
  const found = inSource.length > 0 ? inSource : skillFolders(listSkillFiles(argument, "skills"));
  return found.map(({ dir, name }) => {
    const sub = inSource.length > 0 ? dir : dir.slice("skills/".length);
    return { dir: `${prefix}/${sub}`, path: join(argument, sub), dirName: name };
  });
}

function listSkillFiles(dir: string, as: string): string[] {
  return listFolders(dir).flatMap((first) => {
    if (hasSkillFile(join(dir, first))) return [`${as}/${first}/SKILL.md`];
    return listFolders(join(dir, first))
      .filter((second) => hasSkillFile(join(dir, first, second)))
      .map((second) => `${as}/${first}/${second}/SKILL.md`);
  });
}

function listFolders(dir: string): string[] {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== ".git")
    .map((entry) => entry.name);
}

function hasSkillFile(dir: string): boolean {
  return [...SKILL_FILES].some((name) => lstatSync(join(dir, name), { throwIfNoEntry: false }));
}

function isRepo(dir: string): boolean {
  return lstatSync(join(dir, ".git"), { throwIfNoEntry: false }) !== undefined;
}

function walk(dir: Buffer, prefix: string, depth: number, entries: TreeEntry[]): void {
  for (const entry of readdirSync(dir, { withFileTypes: true, encoding: "buffer" })) {
    if (entries.length >= MAX_ENTRIES) return;
    // Names as bytes, since one that is not UTF-8 could not be opened again by its text.
    const path = Buffer.concat([dir, Buffer.from("/"), entry.name]);
    const name = prefix + entry.name.toString("utf8");
    if (prefix === "" && name === ".git") continue;
    if (!entry.isDirectory()) entries.push(...readEntry(path, name, entry, prefix === ""));
    else if (lstatSync(Buffer.concat([path, Buffer.from("/.git")]), { throwIfNoEntry: false }))
      entries.push({ path: name, mode: "160000", size: 0 });
    else if (depth < MAX_DEPTH) walk(path, `${name}/`, depth + 1, entries);
  }
}

function readEntry(path: Buffer, name: string, entry: Dirent<Buffer>, isTop: boolean): TreeEntry[] {
  if (entry.isSymbolicLink())
    return [{ path: name, mode: "120000", size: readlinkSync(path, "buffer").length }];
  // Git keeps neither pipes nor devices, and opening one could wait for ever.
  if (!entry.isFile()) return [];
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mode } = fstatSync(file);
    const mayRead = isTop && SKILL_FILES.has(name) ? SKILL_LIMITS.skillFileBytes : SNIFFED_BYTES;
    const kept: TreeMode = (mode & 0o100) === 0 ? "100644" : "100755";
    const bytes = size > mayRead ? undefined : readUpTo(file, mayRead);
    return [{ path: name, mode: kept, size, bytes }];
  } finally {
    closeSync(file);
  }
}

function readUpTo(file: number, maxBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const got = readSync(file, bytes, length, maxBytes - length, null);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}
