import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const SITE = join(import.meta.dirname, "..");

/** Builds the site for the tests, once for each state of its files, and answers with the directory. */
export async function builtSite(): Promise<string> {
  const dist = join(SITE, "dist", `test-${await hashOfSite()}`);
  if (!existsSync(join(dist, "server/entry.mjs"))) {
    const astro = createRequire(import.meta.url).resolve("astro/package.json");
    const command = [join(dirname(astro), "bin/astro.mjs"), "build", "--outDir", dist];
    const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    await removeOlder(join(SITE, "dist"));
    await promisify(execFile)(process.execPath, command, { cwd: SITE, env });
  }
  return dist;
}

async function removeOlder(parent: string): Promise<void> {
  const names = existsSync(parent) ? await readdir(parent) : [];
  for (const name of names.filter((entry) => entry.startsWith("test-"))) {
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function hashOfSite(): Promise<string> {
  const hash = createHash("sha256");
  const sources = await readdir(join(SITE, "src"), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  for (const path of [join(SITE, "astro.config.mjs"), ...paths]) {
    hash.update(path).update(await readFile(path));
  }
  return hash.digest("hex").slice(0, 12);
}
