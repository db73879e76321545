import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { changeLaw } from "../bin/compose/change-law.ts";
import { createHosting } from "../bin/compose/hosting.ts";
import { openCore, type Core } from "../bin/compose/open-core.ts";
import { openServer } from "../bin/compose/open-server.ts";
import { openWorker } from "../bin/compose/open-worker.ts";
import { addSigner, addSource, addTeam } from "../src/control/index.ts";
import { transaction } from "../src/db/index.ts";
import type { Hosting } from "../src/http/index.ts";
import { createToken, findTeam, SYSTEM } from "../src/people/index.ts";
import { createLog, createShutdown, readConfig } from "../src/runtime/index.ts";
import { makeSigner } from "../test/forge-keys.ts";
import { createForge, skillMd, type Forge } from "../test/forge.ts";
import { print, quantile, round, summary } from "./measure.ts";

/**
 * What an author waits for: the push of one commit and one signed tag by stock git, and from its return until the API
 * shows the version; then what the judging costs a push, in interleaved pairs against the same server without it.
 *
 * Usage: node registry-app/bench/push.ts [--pushes 50] [--pairs 50]
 */
const { values } = parseArgs({
  options: { pushes: { type: "string", default: "50" }, pairs: { type: "string", default: "50" } },
});
const signer = makeSigner("ann@example.test");
const home = await mkdtemp(join(tmpdir(), "assay-bench-"));
const log = createLog("warn", (line) => process.stderr.write(line));
try {
  const token = await measurePairs(Number(values.pairs));
  await measureVisible(token, Number(values.pushes));
} finally {
  await rm(home, { recursive: true, force: true });
}

/** The product as it runs, in a process of its own. */
async function measureVisible(token: string, pushes: number): Promise<void> {
  const { url, stop } = await startProduct();
  const author = await openAuthor(url, "visible", token);
  try {
    const pushMs: number[] = [];
    const visibleMs: number[] = [];
    for (let round = 0; round < pushes; round += 1) {
      const version = `1.${round}.0`;
      pushMs.push(await author.push(version));
      const from = performance.now();
      await untilVisible(`${url}/api/v1/skills/bench/visible/versions/${version}`);
      visibleMs.push(performance.now() - from);
    }
    print("push", summary(pushMs));
    print("push returned, then visible", summary(visibleMs));
  } finally {
    await author.forge.remove();
    await stop();
  }
}

/** The same product in this process, where judging can be left out for one source. */
async function measurePairs(pairs: number): Promise<string> {
  const shutdown = createShutdown(log);
  const names = ["judged", "unjudged"] as const;
  try {
    const core = await openCore(readConfig({ ASSAY_HOME: home, PORT: "0" }, false), log, shutdown);
    const token = await layDown(core, [...names, "visible"]);
    await openWorker(core, { runsEvals: false });
    let url = "";
    const hosting = withoutJudging(await createHosting(core, () => url), "unjudged");
    const server = await openServer(core, {
      hosting,
      publicUrl: () => url,
      whyNotReady: async () => [],
    });
    url = `http://127.0.0.1:${await server.listen({ host: "127.0.0.1", port: 0 })}`;
    const authors = {
      judged: await openAuthor(url, "judged", token),
      unjudged: await openAuthor(url, "unjudged", token),
    };
    const took = { judged: [] as number[], unjudged: [] as number[] };
    for (let pair = 0; pair < pairs; pair += 1) {
      const version = `1.${pair}.0`;
      for (const name of pair % 2 === 0 ? names : names.toReversed()) {
        took[name].push(await authors[name].push(version));
        // What follows a push must not run into the next one.
        if (name === "judged")
          await untilVisible(`${url}/api/v1/skills/bench/judged/versions/${version}`);
      }
    }
    const slower = took.judged.map((ms, pair) => ms - (took.unjudged[pair] ?? 0));
    print("push, judged", summary(took.judged));
    print("push, judging off", summary(took.unjudged));
    print("judging makes a push slower by", { p50OfPairs: round(quantile(slower, 0.5)) });
    for (const { forge } of Object.values(authors)) await forge.remove();
    return token;
  } finally {
    await shutdown.stop();
  }
}

function withoutJudging(hosting: Hosting, source: string): Hosting {
  return {
    ...hosting,
    find: async (path) => {
      const repo = await hosting.find(path);
      const isIt = path.replace(/\.git$/, "") === source && repo?.kind === "source";
      return isIt ? { ...repo, judgeFor: () => "judging off" } : repo;
    },
  };
}

/** One team whose signer this is, with a public source for each name; returns a token for pushing to them. */
async function layDown(core: Core, sources: readonly string[]): Promise<string> {
  const team = { slug: "bench", name: "Bench" };
  await changeLaw(core, {
    change: (files) => {
      const withSources = sources.reduce(
        (before, slug) => addSource(before, { slug, team: team.slug, visibility: "public" }),
        addTeam(files, team),
      );
      const { email: principal, publicKey } = signer;
      return addSigner(withSources, { principal, publicKey, teams: [team.slug] });
    },
    message: "bench: a team with its sources",
    subject: "team:bench",
  });
  const row = await findTeam(core.db, team.slug);
  if (row === undefined) throw new Error("the team is not there");
  const wanted = { name: "bench", owner: { teamId: row.id }, scopes: ["push"], expiresAt: null };
  const made = await transaction(core.db, (tx) =>
    createToken(core, tx, SYSTEM, { ...wanted, scopes: ["push"] }),
  );
  return made.text;
}

type AuthorAtWork = { readonly forge: Forge; push(version: string): Promise<number> };

/** Pushes versions of one skill, named like its source; the time is that of `git push` alone. */
async function openAuthor(url: string, source: string, token: string): Promise<AuthorAtWork> {
  const forge = await createForge();
  const remote = `${url.replace("://", `://any:${token}@`)}/git/${source}.git`;
  return {
    forge,
    async push(version) {
      const changes = { [`skills/${source}/SKILL.md`]: skillMd(source, `Version ${version}.\n`) };
      await forge.commit(changes, { message: `feat: version ${version}` });
      const tag = `${source}--v${version}`;
      await forge.tag(tag, { signer });
      const from = performance.now();
      const pushed = await forge.push(remote, "refs/heads/main", `refs/tags/${tag}`);
      const ms = performance.now() - from;
      if (!pushed.ok) throw new Error(pushed.output);
      return ms;
    },
  };
}

async function untilVisible(address: string): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    const response = await fetch(address);
    await response.arrayBuffer();
    if (response.ok) return;
    if (performance.now() > until) throw new Error(`${address} is still ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function startProduct(): Promise<{ url: string; stop(): Promise<void> }> {
  const assay = join(import.meta.dirname, "..", "bin", "assay.ts");
  const env = {
    PATH: process.env["PATH"],
    ASSAY_HOME: home,
    PORT: "0",
    LOG_LEVEL: "warn" as const,
  };
  const child = spawn(process.execPath, [assay, "up"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
    const ready = /^Assay is ready at (\S+)$/m.exec(said)?.[1];
    if (ready !== undefined) resolve(ready);
  });
  void ended.then(() => reject(new Error(`assay up ended: ${said}`)));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { url: await promise, stop };
}
