import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { ensureImage } from "@assay/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEngine } from "../../../sandbox/engine.ts";
import { CHECK_ROLE } from "../../src/db/index.ts";
import { takeRedis, type TestRedis } from "../../src/queue/redis.test-kit.ts";
import { systemIds } from "../../src/runtime/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const dockerHost = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
const assay = join(import.meta.dirname, "..", "..", "bin", "assay.ts");
const LOGIN = `checks_${systemIds.next().replaceAll("-", "")}`;
const PASSWORD = "only-in-this-test";
/** What each case takes: two run at once, so that one is over while another still runs, on a busy machine too. */
const CASES_S = [0, 10, 0];
let world: World;
let forge: Forge;
let redis: TestRedis | undefined;
let workers: { readonly child: ChildProcess; readonly lines: string[] }[];

async function asOwner(...statements: readonly string[]): Promise<void> {
  const owner = new Client({ connectionString: world.database.url });
  await owner.connect();
  for (const statement of statements) await owner.query(statement);
  await owner.end();
}

/** As an operator starts it: a process of its own with a login that can claim and record checks, and do nothing else. */
async function startCheckWorker(): Promise<ChildProcess> {
  const url = new URL(world.database.url);
  url.username = LOGIN;
  url.password = PASSWORD;
  const env = {
    PATH: process.env["PATH"] ?? "",
    ASSAY_HOME: world.home,
    DATABASE_URL: url.href,
    DOCKER_HOST: dockerHost,
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  };
  const child = spawn(process.execPath, [assay, "check-worker"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  workers.push({ child, lines });
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  await waitUntil(
    () => `the check worker runs: ${lines.join("\n")}`,
    async () => lines.some((line) => line.includes('"checking"')),
  );
  return child;
}

const killed = (child: ChildProcess, signal: NodeJS.Signals) =>
  new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });

const runs = () =>
  world.database.db
    .selectFrom("eval_queues")
    .select(["id", "state", "status", "attempt", "worker"])
    .execute();
const results = () =>
  world.database.db
    .selectFrom("eval_results")
    .orderBy("position")
    .select(["case_id as id", "status", "attempt"])
    .execute();
const finished = async () => (await results()).filter(({ status }) => status !== "running").length;

describeWith("docker")(
  "a check worker, a process of its own with a login that can do little,",
  () => {
    describe("with jobs in the database,", () => {
      takesOver(async () => undefined);
    });
    describeWith("redis")("with jobs in Redis,", () => {
      takesOver(takeRedis);
    });
  },
);

function takesOver(openRedis: () => Promise<TestRedis | undefined>): void {
  beforeAll(async () => {
    await ensureImage({ dockerHost, node: process.execPath, say: () => undefined });
    [workers, redis] = [[], await openRedis()];
    world = await createWorld({
      hasCheckWorker: true,
      ...(redis !== undefined && { redisUrl: redis.url }),
    });
    await asOwner(
      `CREATE ROLE ${LOGIN} LOGIN PASSWORD '${PASSWORD}'`,
      `GRANT ${CHECK_ROLE} TO ${LOGIN}`,
    );
    forge = await createForge();
    await world.addTeam("acme", ann);
    await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  }, 600_000);
  afterAll(async () => {
    const isAlive = ({ exitCode, signalCode }: ChildProcess) =>
      exitCode === null && signalCode === null;
    for (const { child } of workers) if (isAlive(child)) await killed(child, "SIGTERM");
    await forge.remove();
    await asOwner(`DROP ROLE ${LOGIN}`);
    await world.close();
    await redis?.close();
  });

  it(
    "that is killed in the middle of a suite is followed by another, which ends it: each result once, and no container left",
    { timeout: 120_000 },
    async () => {
      const cases = CASES_S.map((seconds, n) => ({
        id: `case-${n}`,
        run: ["sh", "-c", `sleep ${seconds}; echo ${n}`],
        expect: { stdout: { equals: `${n}\n` } },
      }));
      await forge.commit({
        "skills/slow/SKILL.md": skillMd("slow"),
        "skills/slow/evals/evals.json": JSON.stringify({ evals: cases }),
      });
      const first = await startCheckWorker();
      await forge.tag("slow--v1.0.0", { signer: ann });
      const remote = world.remote("acme-skills", await world.token("acme"));
      await forge.push(remote, "main", "slow--v1.0.0");
      await waitUntil("one case is over and others are not", async () => (await finished()) >= 1);
      await killed(first, "SIGKILL");
      expect(await finished()).toBeLessThan(CASES_S.length);

      const second = await startCheckWorker();
      expect(await world.tag("acme-skills", "slow--v1.0.0")).toMatchObject({
        state: "published",
      });
      const [run, ...others] = await runs();
      expect([run?.state, run?.status, run?.attempt, others]).toEqual(["done", "passed", 2, []]);
      expect((await results()).map(({ id, status }) => `${id} ${status}`)).toEqual(
        cases.map(({ id }) => `${id} passed`),
      );
      expect(run?.worker).toContain(`:${second.pid}`);
      await killed(second, "SIGTERM");
      expect(await listOurs([first.pid, second.pid])).toEqual([]);
    },
  );
}

/** Containers whose owner is one of these processes. */
async function listOurs(pids: readonly (number | undefined)[]): Promise<readonly string[]> {
  const all = await connectEngine(dockerHost).listContainers({ all: true });
  return all
    .map(({ Labels }) => Labels["skills.assay.sandbox.owner"] ?? "")
    .filter((owner) => pids.some((pid) => owner.includes(`:${pid}:`)));
}
