import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MIGRATIONS } from "../../migrations/index.ts";
import { migrate } from "../../src/db/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const ONCE = ["accepted", "released"];
let world: World;
let forge: Forge;
let token: string;
/** What tomorrow's version has migrated so far, and so what it knows. */
let known: Record<string, Migration> = MIGRATIONS;

beforeAll(async () => {
  // A job that fails for a while says so in the log.
  world = await createWorld({ toleratesErrors: true });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "skills", team: "acme", visibility: "public" });
  token = await world.token("acme");
});
afterAll(async () => {
  await world.close();
  await forge.remove();
});

/** A newer version starts beside the one of this process and brings the schema up to date. */
async function migrateTomorrow(name: string, ...statements: readonly string[]): Promise<void> {
  const up = async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  known = { ...known, [name]: { up } };
  await migrate({ url: world.database.url, log: silentLog, migrations: known });
}

async function release(version: string): Promise<void> {
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", `${version}\n`) });
  await forge.tag(`deploy--v${version}`, { signer: ann });
  const tag = `deploy--v${version}`;
  const pushed = await forge.push(world.remote("skills", token), "main", `refs/tags/${tag}`);
  expect(pushed).toMatchObject({ ok: true });
}

/** Which lines of the registry log speak of a version, once it is published. */
const publish = async (version: string) => {
  await world.tag("skills", `deploy--v${version}`, { state: "published" });
  await world.settled();
  const key = `%:skills:${await forge.resolve(`refs/tags/deploy--v${version}`)}`;
  const lines = await world.database.db
    .selectFrom("log_entries")
    .where("key", "like", key)
    .select(["key"])
    .execute();
  const kinds = lines.map((line) => line.key.split(":")[0]);
  return kinds.toSorted();
};

describe("an older worker beside a newer schema", () => {
  it("works on while the schema is migrated and after it, and publishes each version once", async () => {
    await release("1.0.0");
    await Promise.all([
      migrateTomorrow(
        "9001-more",
        "ALTER TABLE skill_versions ADD COLUMN tomorrow text",
        "ALTER TABLE tags ADD COLUMN tomorrow integer NOT NULL DEFAULT 0",
        "SELECT pg_sleep(1.5)",
      ),
      release("1.0.1"),
    ]);
    await release("1.0.2");
    for (const version of ["1.0.0", "1.0.1", "1.0.2"]) expect(await publish(version)).toEqual(ONCE);
  });

  it("fails a job whole that the schema has no place for, and what it was about is published once it has", async () => {
    await migrateTomorrow("9002-away", "ALTER TABLE skill_files RENAME TO files_of_tomorrow");
    await release("2.0.0");
    const complained = () => world.log.some((line) => JSON.stringify(line).includes("skill_files"));
    await waitUntil("a job met the schema", async () => complained());
    const rows = await world.database.db
      .selectFrom("skill_versions")
      .where("version", "=", "2.0.0")
      .select("id")
      .execute();
    expect(rows).toEqual([]);
    const at = "/api/v1/skills/acme/deploy/versions/";
    expect((await world.ask(`${at}2.0.0`)).status).toBe(404);
    expect((await world.ask(`${at}1.0.2`)).status).toBe(200);
    await migrateTomorrow("9003-back", "ALTER TABLE files_of_tomorrow RENAME TO skill_files");
    expect(await publish("2.0.0")).toEqual(ONCE);
  });

  it.each(["worker", "serve", "migrate"])(
    "does not start: %s says that a newer version has migrated, and changes nothing",
    async (command) => {
      const before = await world.dump();
      const ran = await runCli([command], {
        cwd: world.home,
        env: { ASSAY_HOME: world.home, DATABASE_URL: world.database.url, PORT: "0" },
      });
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toContain("A newer version of Assay has migrated this database");
      expect(ran.stderr).toContain("9001-more, 9002-away, 9003-back");
      expect(await world.dump()).toBe(before);
    },
  );
});
