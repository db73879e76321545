import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCore } from "../../bin/compose/open-core.ts";
import { addSigner, addSource, addTeam, proposeChange } from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { createToken, findTeam, SYSTEM } from "../../src/people/index.ts";
import { listDeadLetters } from "../../src/queue/index.ts";
import { createShutdown, readConfig, silentLog } from "../../src/runtime/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { ask, waitUntil } from "../world.ts";

/** Ten in every run; `ASSAY_KILL_ROUNDS=50` before a release. */
const ROUNDS = Number(process.env["ASSAY_KILL_ROUNDS"] ?? 10);
const TAGS_PER_ROUND = 2;
const LONGEST_LIFE_MS = 1_200;
const script = join(dirname(dirname(fileURLToPath(import.meta.url))), "world-process.ts");

const ann = makeSigner("ann@example.test");
let home: string;
let database: TestDatabase;
let forge: Forge;
let token: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "assay-killed-"));
  database = await createTestDatabase();
  forge = await createForge();
  const shutdown = createShutdown(silentLog);
  const env = { ASSAY_HOME: home, DATABASE_URL: database.url };
  const core = await openCore(readConfig(env, false), silentLog, shutdown);
  await proposeChange(core, {
    repoDir: core.paths.control,
    change: (files) => {
      const withTeam = addTeam(files, { slug: "acme", name: "Acme" });
      const source = { slug: "acme-skills", team: "acme", visibility: "public" } as const;
      const { email: principal, publicKey } = ann;
      return addSigner(addSource(withTeam, source), { principal, publicKey, teams: ["acme"] });
    },
    message: "Begin\n",
    author: core.operator.author,
    sign: core.operator.sign,
    time: new Date(),
  });
  await core.law();
  const team = await findTeam(core.db, "acme");
  const owner = { teamId: team?.id ?? "" };
  const wanted = { name: "test", owner, scopes: ["push"], expiresAt: null } as const;
  token = (await transaction(core.db, (tx) => createToken(core, tx, SYSTEM, wanted))).text;
  await shutdown.stop();
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await forge.remove();
  await database.close();
  await rm(home, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const started = spawn(process.execPath, [script, home, database.url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) return line;
  throw new Error("the registry did not start");
}

async function kill(): Promise<void> {
  const gone = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await gone;
}

const remoteOf = (url: string) => `${url.replace("://", `://any:${token}@`)}/git/acme-skills.git`;

describe("a registry that is killed in the middle of publishing", () => {
  it(
    `has after ${ROUNDS} times every tag decided once: none lost, none doubled, log and stores at one`,
    { timeout: 180_000 + ROUNDS * 15_000 },
    async () => {
      const tags: string[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        const url = await start();
        const fresh = Array.from(
          { length: TAGS_PER_ROUND },
          (_, at) => `deploy--v1.${round}.${at}`,
        );
        await forge.commit({ "skills/deploy/round.md": `${round}\n` });
        for (const tag of fresh) await forge.tag(tag, { signer: ann });
        tags.push(...fresh);
        // What an earlier crash cut off is pushed again by its author, as people do.
        const pushing = forge.push(remoteOf(url), "main", ...tags);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
        await kill();
        await pushing;
      }
      const url = await start();
      const pushed = await forge.push(remoteOf(url), "main", ...tags);
      expect([pushed.ok, pushed.ok ? "" : pushed.output]).toEqual([true, ""]);
      await waitUntil("every tag is published", () => areAllPublished(tags), 120_000);
      await expectOneOfEach(url, tags);
      const gone = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill("SIGTERM");
      await gone;
    },
  );
});

async function areAllPublished(tags: readonly string[]): Promise<boolean> {
  const rows = await database.db
    .selectFrom("tags")
    .where("state", "=", "published")
    .select("name")
    .execute();
  return new Set(rows.map(({ name }) => name)).size === tags.length;
}

async function expectOneOfEach(url: string, tags: readonly string[]): Promise<void> {
  const { db } = database;
  const sorted = tags.toSorted();
  const rows = await db.selectFrom("tags").select(["name", "oid", "state"]).execute();
  expect(rows.map(({ name }) => name).toSorted()).toEqual(sorted);
  const versions = await db.selectFrom("skill_versions").selectAll().execute();
  expect(versions.map((one) => one.tag_name).toSorted()).toEqual(sorted);
  expect(new Set(versions.map(({ state }) => state))).toEqual(new Set(["published"]));
  const released = await db
    .selectFrom("audit_log")
    .where("action", "=", "version.release")
    .select("subject")
    .execute();
  expect(released).toHaveLength(tags.length);
  // A job that happened to run in four kills is given up though it was done: the sweep closes what stands open for it.
  const isSettled = async () => (await listDeadLetters(db)).length === 0;
  await waitUntil("no dead letter stands open", isSettled, 120_000);

  const log = join(home, "log-clone");
  await run(home, ["clone", "-q", `${url}/git/log.git`, log]);
  const segments = await readdir(join(log, "entries"));
  const texts = segments.map((segment) => readFile(join(log, "entries", segment), "utf8"));
  const lines = (await Promise.all(texts))
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { key: string; tag: string });
  const keys = lines.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const kind of ["accepted:", "decided:"]) {
    const named = lines.filter(({ key }) => key.startsWith(kind)).map(({ tag }) => tag);
    expect(named.toSorted()).toEqual(sorted);
  }

  const store = (await run(home, ["ls-remote", "--tags", `${url}/git/s/acme/deploy.git`])).stdout;
  expect(
    store
      .toString()
      .match(/refs\/tags\/\S+/g)
      ?.toSorted(),
  ).toEqual(sorted.map((tag) => `refs/tags/${tag}`));
  expect(
    (await run(join(home, "git", "published", "acme", "deploy.git"), ["fsck", "--strict"])).code,
  ).toBe(0);
  for (const { version } of versions) {
    const path = `/api/v1/skills/acme/deploy/versions/${version}/archive.tar.gz`;
    expect([version, (await ask(url, path)).status]).toEqual([version, 200]);
  }
}
