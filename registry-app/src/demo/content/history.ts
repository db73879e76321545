import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import {
  HISTORIES,
  type DemoAuthor,
  type DemoTag,
  type PlannedCommit,
  type PlannedHistory,
} from "./plan.ts";

/** One file of the source's tree after the commit; `file` null removes it. */
export type DemoChange = {
  readonly path: string;
  readonly file: { readonly mode: "100644" | "100755"; readonly bytes: Uint8Array } | null;
};

export type DemoCommit = {
  readonly message: string;
  readonly author: DemoAuthor;
  readonly changes: readonly DemoChange[];
  readonly tags: readonly DemoTag[];
};

/** The commits of one source, oldest first. */
export type DemoHistory = {
  readonly team: { readonly slug: string; readonly name: string };
  readonly source: string;
  readonly commits: readonly DemoCommit[];
};

/** Reads the content of the demo registry from the files beside this one. */
export async function readDemoHistories(): Promise<readonly DemoHistory[]> {
  return Promise.all(HISTORIES.map(readHistory));
}

async function readHistory({
  team,
  source,
  author,
  commits,
}: PlannedHistory): Promise<DemoHistory> {
  const read = commits.map(async (commit) => ({
    message: commit.message,
    author,
    changes: await readChanges(team.slug, commit),
    tags: commit.tags ?? [],
  }));
  return { team, source, commits: await Promise.all(read) };
}

async function readChanges(team: string, commit: PlannedCommit): Promise<readonly DemoChange[]> {
  if ("text" in commit)
    return [{ path: commit.path, file: toFile(commit.path, Buffer.from(commit.text)) }];
  const folder = fileURLToPath(
    new URL(`${team}/${commit.skill}/${commit.version}/`, import.meta.url),
  );
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((path) => commit.only?.includes(path) ?? true)
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: `skills/${commit.skill}/${path}`,
      file: toFile(path, await readFile(join(folder, path))),
    })),
  );
}

/** Scripts are executable by where they lie, whatever mode the checkout gave them. */
function toFile(path: string, bytes: Uint8Array): NonNullable<DemoChange["file"]> {
  return { mode: path.startsWith("scripts/") ? "100755" : "100644", bytes };
}
