import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SiteMount } from "../../src/http/index.ts";
import { Refusal } from "../../src/runtime/index.ts";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const siteDir = join(root, "site");

/**
 * The built site. It is built once for each state of its files, aside and then renamed, so a server that runs an older
 * state never loses its files.
 */
export async function openSite(say: (line: string) => void): Promise<SiteMount> {
  const dir = await siteFolder();
  if (!isBuilt(dir)) {
    say("Building the site (once for this version) ...");
    await buildSite(dir);
  }
  const entry = (await import(pathToFileURL(join(dir, "server", "entry.mjs")).href)) as {
    handler: SiteMount["handler"];
  };
  return { clientDir: join(dir, "client"), handler: entry.handler };
}

/** Where the site is built for the present state of its files; undefined when it is not. */
export async function findBuiltSite(): Promise<string | undefined> {
  const dir = await siteFolder();
  return isBuilt(dir) ? dir : undefined;
}

async function siteFolder(): Promise<string> {
  return join(siteDir, "dist", await hashOfSite());
}

function isBuilt(dir: string): boolean {
  return existsSync(join(dir, "server", "entry.mjs"));
}

async function hashOfSite(): Promise<string> {
  const hash = createHash("sha256");
  const files = [
    join(root, "package-lock.json"),
    join(siteDir, "astro.config.mjs"),
    join(siteDir, "package.json"),
    ...(await listFiles(join(siteDir, "src"))),
    ...(await listFiles(join(siteDir, "public"))),
  ];
  for (const file of files)
    hash
      .update(file.slice(root.length))
      .update("\0")
      .update(await readFile(file))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

async function listFiles(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function buildSite(dir: string): Promise<void> {
  const aside = `${dir}.${process.pid}`;
  const astro = join(root, "node_modules", "astro", "bin", "astro.mjs");
  const output = await run(process.execPath, [astro, "build", "--outDir", aside]);
  if (output.code !== 0) {
    await rm(aside, { recursive: true, force: true });
    throw new Refusal(
      "unavailable",
      `The site could not be built:\n${output.text}`,
      "Run `npm run build -w site` to see it whole.",
    );
  }
  // Whoever renames first wins; both built the same thing.
  await rename(aside, dir).catch(async (cause: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true });
    if (cause.code !== "ENOTEMPTY" && cause.code !== "EEXIST") throw cause;
  });
}

function run(command: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    const child = spawn(command, args, { cwd: siteDir, env, stdio: ["ignore", "pipe", "pipe"] });
    const lines: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => lines.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? 1, text: Buffer.concat(lines).toString("utf8").slice(-4_000) }),
    );
  });
}
