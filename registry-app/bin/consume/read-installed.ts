import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FoundEntry } from "../../src/proof/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";

export type Installed = {
  readonly entries: readonly FoundEntry[];
  /** What a client adds and nobody published; told, and not looked at. */
  readonly ignored: readonly string[];
};

const MAX_ENTRIES = 20_000;
/** `git clone` puts it beside the files. No version can hold one. */
const GIT_FOLDER = ".git";
const OWNER_EXECUTES = 0o100;

/** Everything below an installed folder, links not followed. Throws a Refusal when there is no such folder. */
export async function readInstalled(dir: string): Promise<Installed> {
  const root = await lstat(dir).catch(() => undefined);
  if (root?.isDirectory() !== true)
    throw new Refusal(
      "not-found",
      `${dir} is not a folder.`,
      "--dir names the folder that holds SKILL.md, or without a coordinate the folder above.",
    );
  const entries: FoundEntry[] = [];
  const ignored: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const item of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = folder === "" ? item.name : `${folder}/${item.name}`;
      if (path === GIT_FOLDER && !item.isSymbolicLink()) {
        ignored.push(path);
        continue;
      }
      if (entries.length >= MAX_ENTRIES)
        throw new Refusal(
          "too-large",
          `${dir} holds more than ${MAX_ENTRIES} files: that is no installed skill.`,
          "Name the folder that holds SKILL.md: --dir FOLDER",
        );
      if (item.isFile()) entries.push(await readFile(dir, path));
      else if (item.isDirectory()) {
        entries.push({ kind: "folder", path });
        await walk(path);
      } else entries.push({ kind: item.isSymbolicLink() ? "symlink" : "other", path });
    }
  };
  await walk("");
  return { entries, ignored };
}

async function readFile(dir: string, path: string): Promise<FoundEntry> {
  const full = join(dir, path);
  const { mode } = await lstat(full);
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(full)) sum.update(chunk as Buffer);
  const isExecutable = (mode & OWNER_EXECUTES) !== 0;
  return {
    kind: "file",
    path,
    mode: isExecutable ? "100755" : "100644",
    sha256: sum.digest("hex"),
  };
}
