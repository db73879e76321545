import { openRegistryLog } from "../../bin/compose/open-registry-log.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { admitTags, decideVersion, releaseVersion, syncSource } from "../../src/queue/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
let world: World;
let forge: Forge;
let remote: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

async function countPublished(): Promise<number> {
  const rows = await world.database.db
    .selectFrom("tags")
    .where("state", "=", "published")
    .select("id")
    .execute();
  return rows.length;
}

describe("many tags", () => {
  it("a hundred of ten skills in one push are all published, each skill's latest its highest", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `skill-${at}`);
    const tags: string[] = [];
    for (let minor = 0; minor < 10; minor += 1) {
      for (const name of names) {
        await forge.commit({ [`skills/${name}/SKILL.md`]: skillMd(name, `Step ${minor}.\n`) });
        await forge.tag(`${name}--v1.${minor}.0`, { signer: ann });
        tags.push(`${name}--v1.${minor}.0`);
      }
    }
    const pushed = await forge.push(remote, "main", ...tags);
    expect([pushed.ok, pushed.output.match(/Assay accepted/g)?.length]).toEqual([true, 100]);
    await waitUntil(
      "a hundred are published",
      async () => (await countPublished()) === 100,
      90_000,
    );
    await world.settled();
    const { items } = (await world.ask("/api/v1/skills?size=50")).json() as {
      items: { latest: string }[];
    };
    expect(items.map(({ latest }) => latest)).toEqual(names.map(() => "1.9.0"));
    // Versions of one skill in one batch know each other: none but the first is a first.
    const bumps = await world.database.db
      .selectFrom("skill_versions")
      .where("bump_declared", "=", "first")
      .select("tag_name")
      .execute();
    expect(bumps.map((row) => row.tag_name).toSorted()).toEqual(
      names.map((one) => `${one}--v1.0.0`),
    );
  });

  it("of two pushes at once are both published, and of two forms of one version only one", async () => {
    const second = await createForge();
    try {
      await second.git("fetch", "-q", forge.url, "+refs/heads/main:refs/heads/main");
      const before = await countPublished();
      await forge.tag("skill-0--v2.0.0", { signer: ann });
      await forge.tag("skill-1--v2.0.0", { signer: ann });
      await second.tag("skill-2--v2.0.0", { signer: ann });
      await second.tag("skill-1@2.0.0", { signer: ann });
      const pushes = await Promise.all([
        forge.push(remote, "skill-0--v2.0.0", "skill-1--v2.0.0"),
        second.push(remote, "skill-2--v2.0.0", "skill-1@2.0.0"),
      ]);
      expect(pushes.map(({ output }) => output).join("")).toContain("acme/skill-2 2.0.0");
      await waitUntil("three are published", async () => (await countPublished()) === before + 3);
      await world.settled();
      const rows = await world.database.db
        .selectFrom("tags")
        .where("name", "in", ["skill-1--v2.0.0", "skill-1@2.0.0"])
        .select(["state", "code"])
        .execute();
      expect(rows.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
        { state: "published", code: null },
        { state: "refused", code: "VERSION_EXISTS" },
      ]);
    } finally {
      await second.remove();
    }
  });

  it("of ten pushes at once, each with its tag, none is lost", async () => {
    const before = await countPublished();
    const names = Array.from({ length: 10 }, (_, at) => `skill-${at}--v3.0.0`);
    for (const name of names) await forge.tag(name, { signer: ann });
    const pushes = await Promise.all(names.map((name) => forge.push(remote, name)));
    expect(pushes.map(({ ok }) => ok)).toEqual(names.map(() => true));
    await waitUntil("ten are published", async () => (await countPublished()) === before + 10);
    await world.settled();
  });
});

describe("every job", () => {
  it("done again, and by two at once, changes nothing", async () => {
    const { core, database } = world;
    await world.settled();
    // One refused tag, so that its row is among those that must not change.
    await forge.tag("skill-0--v9.0.0", {});
    await forge.push(remote, "skill-0--v9.0.0");
    await world.sync("acme-skills");
    await (await openRegistryLog(core)).flush();
    const before = await world.dump();
    const log = await forge.git("ls-remote", world.remote("log"));
    const sources = await database.db.selectFrom("sources").select("id").execute();
    const versions = await database.db.selectFrom("skill_versions").select("id").execute();
    for (let time = 0; time < 2; time += 1) {
      const sourceIds = sources.map(({ id }) => ({ sourceId: id }));
      const versionIds = versions.map(({ id }) => ({ versionId: id }));
      await core.queue.enqueueAll(database.db, syncSource, sourceIds);
      await core.queue.enqueueAll(database.db, admitTags, sourceIds);
      await core.queue.enqueueAll(database.db, decideVersion, versionIds);
      await core.queue.enqueueAll(database.db, releaseVersion, versionIds);
    }
    await world.settled();
    expect(await world.dump()).toBe(before);
    expect((await forge.git("ls-remote", world.remote("log"))).stdout).toEqual(log.stdout);
  });
});
