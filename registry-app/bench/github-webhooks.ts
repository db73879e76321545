import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { ensureImage } from "@assay/sandbox";
import { sql } from "kysely";
import { MIGRATIONS } from "../migrations/index.ts";
import { migrate, openDatabase, startEmbedded } from "../src/db/index.ts";
import { initBare } from "../src/git/index.ts";
import { migrateQueue } from "../src/queue/index.ts";
import { silentLog, systemIds } from "../src/runtime/index.ts";
import { createForge, skillMd } from "../test/forge.ts";
import { makeSigner } from "../test/forge-keys.ts";
import { createWorld, waitUntil } from "../test/world.ts";
import { perSecond, print, round, summary } from "./measure.ts";
import type { Load, Loaded } from "./send-webhooks.ts";

/**
 * How long a webhook of the GitHub App waits for its 202 while nothing else goes on, while evals run and wait, and in a
 * burst that brings a new tag to every repo; and how long after the burst the last of those tags is decided. Everything
 * runs in one process, as `assay up` does; who sends is a thread of its own. One JSON line a figure; the time that
 * `/healthz` takes under the same load is beside each, to compare within one run.
 *
 * Usage: DOCKER_HOST=… node registry-app/bench/github-webhooks.ts [--repos 25] [--burst 500] [--evals 20]
 */
const { values } = parseArgs({
  options: {
    repos: { type: "string", default: "25" },
    burst: { type: "string", default: "500" },
    evals: { type: "string", default: "20" },
  },
});
type Wish = Pick<Load, "count" | "atOnce" | "perSecond"> & Partial<Pick<Load, "repos">>;

const SECRET = "the-secret-of-the-webhooks";
const dockerHost = process.env["DOCKER_HOST"];
const repos = Array.from({ length: Number(values.repos) }, (_, nth) => `repo-${nth}`);
if (dockerHost !== undefined)
  await ensureImage({ dockerHost, node: process.execPath, say: (line) => console.error(line) });
const dir = await mkdtemp(join(tmpdir(), "assay-bench-"));
const github = await startGithub();
const postgres = await startEmbedded({ dir, log: silentLog, ids: systemIds });
const { url } = postgres;
await migrate({ url, log: silentLog, migrations: MIGRATIONS, after: [migrateQueue] });
const ann = makeSigner("ann@example.test");
const forge = await createForge();
const world = await createWorld({
  gitHosts: github.url,
  env: { GITHUB_BASE_URL: `${github.url}/api/v3`, GITHUB_WEBHOOK_SECRET: SECRET },
  database: { url, ...(await openDatabase({ url, log: silentLog })) },
  toleratesErrors: true,
  ...(dockerHost !== undefined && { dockerHost }),
});
try {
  await measure();
} finally {
  await world.close();
  await forge.remove();
  await postgres.stop();
  github.stop();
  await rm(dir, { recursive: true, force: true });
}

async function startGithub() {
  const program = join(import.meta.dirname, "..", "test", "github-process.ts");
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url: at, root } = JSON.parse(line) as { url: string; root: string };
  return { url: at, root, stop: () => child.kill("SIGTERM") };
}

async function measure(): Promise<void> {
  await forge.commit({ "skills/adder/SKILL.md": skillMd("adder") });
  for (const repo of repos) await addRepo(repo);
  await world.settled();
  await send("nothing else goes on", { count: 90, perSecond: 3 });
  if (dockerHost !== undefined) await withEvals(Number(values.evals));
  for (const repo of repos) {
    await forge.tag("adder--v1.0.0", { signer: ann, message: `adder 1.0.0 of ${repo}\n` });
    await forge.push(bareOf(repo), "adder--v1.0.0");
  }
  await burst(Number(values.burst));
}

function bareOf(repo: string): string {
  return join(github.root, "bare", `${repo}.git`);
}

async function addRepo(repo: string): Promise<void> {
  const team = `team-${repo}`;
  await world.addTeam(team, ann);
  await initBare(bareOf(repo));
  await forge.push(bareOf(repo), "main");
  const at = `${github.url}/acme/${repo}.git`;
  await world.addSource({ slug: repo, team, visibility: "public", url: at });
}

/** Webhooks while as many evals run as may, and the others wait. */
async function withEvals(count: number): Promise<void> {
  // Two cases each, since so many containers of one suite run at the same time.
  const run = ["sh", "-c", "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done"];
  const evals = ["works", "works-too"].map((id) => ({ id, run }));
  for (let nth = 0; nth < count; nth += 1) {
    await forge.commit({
      [`skills/busy-${nth}/SKILL.md`]: skillMd(`busy-${nth}`),
      [`skills/busy-${nth}/evals/evals.json`]: JSON.stringify({ evals }),
    });
    await forge.tag(`busy-${nth}--v1.0.0`, { signer: ann });
  }
  await addRepo("busy");
  await world.settled();
  await forge.push(bareOf("busy"), "main", "--tags");
  const before = await evalStates();
  await send("the webhook that brings them", { count: 1, atOnce: 1, repos: ["busy"] });
  await waitUntil(
    "every run is asked for",
    async () => (await evalStates()).all - before.all === count,
    120_000,
  );
  print("evals", await evalStates());
  await send("while evals run and wait", { count: 90, perSecond: 3 });
  print("evals", await evalStates());
  await waitUntil(
    "every run is over",
    async () => {
      const { all, done } = await evalStates();
      return all === done;
    },
    1_800_000,
  );
  await world.settled();
}

async function evalStates(): Promise<Readonly<Record<string, number>> & { readonly all: number }> {
  const { rows } = await sql<{ state: string; n: number }>`
    SELECT state, count(*)::int AS n FROM eval_queues GROUP BY state`.execute(world.database.db);
  return {
    ...Object.fromEntries(rows.map(({ state, n }) => [state, n])),
    all: rows.reduce((sum, { n }) => sum + n, 0),
  };
}

async function burst(count: number): Promise<void> {
  const { db } = world.database;
  const watching = watchSyncs();
  const from = performance.now();
  await send("burst", { count, atOnce: 50 });
  const sentMs = performance.now() - from;
  await waitUntil(
    "every repo is reconciled",
    async () => {
      const { n } = await db
        .selectFrom("tags")
        .where("name", "=", "adder--v1.0.0")
        .where("state", "<>", "pending")
        .select((eb) => eb.fn.countAll<string>().as("n"))
        .executeTakeFirstOrThrow();
      return Number(n) === repos.length;
    },
    600_000,
  );
  const ms = performance.now() - from;
  const { most, seen } = await watching.stop();
  print("reconciled", {
    repos: repos.length,
    deliveries: count,
    sentMs: round(sentMs),
    msUntilTheLastTag: round(ms),
    tagsPerSecond: perSecond(repos.length, ms),
    syncsAtOnceOfOneRepo: most,
    syncsSeen: seen,
  });
}

/** Looks all the time at which syncs run: how many of one repo at once, at most. */
function watchSyncs() {
  let most = 0;
  const seen = new Set<string>();
  const look = async () => {
    const { rows } = await sql<{ id: string; source: string }>`
      SELECT id::text AS id, data->>'sourceId' AS source FROM bullmq.job
      WHERE queue = 'sync-source' AND state = 'active'`.execute(world.database.db);
    for (const { id } of rows) seen.add(id);
    for (const [, own] of Map.groupBy(rows, ({ source }) => source))
      most = Math.max(most, own.length);
  };
  let looking: Promise<void> = look();
  const timer = setInterval(() => (looking = looking.then(look)), 50);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      return { most, seen: seen.size };
    },
  };
}

async function send(what: string, wish: Wish): Promise<void> {
  const load: Load = { url: world.url, secret: SECRET, repos, ...wish };
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const busy = performance.eventLoopUtilization();
  const worker = new Worker(new URL("./send-webhooks.ts", import.meta.url), { workerData: load });
  const [{ webhookMs, healthMs, statuses }] = (await once(worker, "message")) as [Loaded];
  const { perSecond: pace, atOnce } = wish;
  print(what, {
    ...(pace === undefined ? { atOnce } : { perSecond: pace }),
    statuses,
    webhookMs: summary(webhookMs),
    healthzMs: summary(healthMs),
    // How long the server's own thread was kept from its next piece of work.
    loopMs: { p50: round(loop.percentile(50) / 1e6), p95: round(loop.percentile(95) / 1e6) },
    loopBusy: round(performance.eventLoopUtilization(busy).utilization * 100) / 100,
  });
}
