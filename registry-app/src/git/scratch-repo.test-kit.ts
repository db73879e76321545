import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { hardenedEnv } from "./git-command.ts";
import { createObjectReaders, initBare, type ObjectReaders } from "./index.ts";

export const AUTHOR = { name: "Ada Lovelace", email: "ada@example.com" };
export const TIME = new Date("2026-01-02T03:04:05Z");

/** A folder that goes away with the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assay-git-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty bare repo and a pool of readers, both gone after the test. */
export async function scratchRepo(): Promise<{ dir: string; readers: ObjectReaders }> {
  const dir = join(await scratchFolder(), "repo.git");
  await initBare(dir);
  const readers = createObjectReaders();
  onTestFinished(() => readers.close());
  return { dir, readers };
}

/** Stock git on a repo; returns what it printed. */
export function git(dir: string, args: readonly string[], input: string | Buffer = ""): string {
  const identity = {
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
  };
  const env = { ...hardenedEnv([["protocol.file.allow", "always"]]), ...identity };
  return execFileSync("git", ["-C", dir, ...args], { env, input, stdio: ["pipe", "pipe", "pipe"] })
    .toString()
    .trimEnd();
}
