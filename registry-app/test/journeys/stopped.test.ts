import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSigner, addSource, addTeam, proposeChange } from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { createToken, findTeam, SYSTEM } from "../../src/people/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { startRegistry } from "../world-registry.ts";
import { waitUntil } from "../world.ts";

const script = join(dirname(dirname(fileURLToPath(import.meta.url))), "world-process.ts");
const ROUNDS = 3;
const PATIENCE_MS = 25_000;
const ann = makeSigner("ann@example.test");
let home: string;
let database: TestDatabase;
let forge: Forge;
let token: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "assay-stopped-"));
  database = await createTestDatabase();
  forge = await createForge();
  const registry = await startRegistry({ home, databaseUrl: database.url, log: silentLog });
  const { core } = registry;
  const { author, sign } = core.operator;
  await proposeChange(core, {
    repoDir: core.paths.control,
    change: (files) => {
      const source = { slug: "acme-skills", team: "acme", visibility: "public" } as const;
      const { email: principal, publicKey } = ann;
      const withTeam = addTeam(files, { slug: "acme", name: "Acme" });
      return addSigner(addSource(withTeam, source), { principal, publicKey, teams: ["acme"] });
    },
    message: "Begin\n",
    author,
    sign,
    time: new Date(),
  });
  await core.law();
  const owner = { teamId: (await findTeam(core.db, "acme"))?.id ?? "" };
  const wanted = { name: "test", owner, scopes: ["push"], expiresAt: null } as const;
  token = (await transaction(core.db, (tx) => createToken(core, tx, SYSTEM, wanted))).text;
  await registry.stop();
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

describe("a registry that is told to stop while it is pushed to", () => {
  it("ends in order and in time, and what it said was accepted is published after the next start", async () => {
    const accepted: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const url = await start();
      const remote = `${url.replace("://", `://any:${token}@`)}/git/acme-skills.git`;
      const tag = `deploy--v1.${round}.0`;
      await forge.commit({ "skills/deploy/round.md": `${round}\n` });
      await forge.tag(tag, { signer: ann });
      const pushing = forge.push(remote, "main", tag);
      await new Promise((resolve) => setTimeout(resolve, round * 120));
      const ended = new Promise<number | null>((resolve) => child?.once("exit", resolve));
      const asked = Date.now();
      child?.kill("SIGTERM");
      expect([await ended, Date.now() - asked < PATIENCE_MS]).toEqual([0, true]);
      if ((await pushing).ok) accepted.push(tag);
    }
    const url = await start();
    await waitUntil("what was accepted is published", async () => {
      const rows = await database.db.selectFrom("tags").select(["name", "state"]).execute();
      const published = rows.filter(({ state }) => state === "published");
      return accepted.every((tag) => published.some(({ name }) => name === tag));
    });
    const remote = `${url.replace("://", `://any:${token}@`)}/git/acme-skills.git`;
    const tags = Array.from({ length: ROUNDS }, (_, at) => `deploy--v1.${at + 1}.0`);
    expect((await forge.push(remote, "main", ...tags)).ok).toBe(true);
    await waitUntil("all are published, each once", async () => {
      const rows = await database.db
        .selectFrom("skill_versions")
        .select(["tag_name", "state"])
        .execute();
      const names = rows.filter(({ state }) => state === "published").map((row) => row.tag_name);
      return names.toSorted().join() === tags.join();
    });
    const ended = new Promise<number | null>((resolve) => child?.once("exit", resolve));
    child?.kill("SIGTERM");
    expect(await ended).toBe(0);
  }, 180_000);
});
