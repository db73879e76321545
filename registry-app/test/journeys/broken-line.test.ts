import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putDue } from "../../src/sources/index.ts";
import { layCable, type Cable } from "../cable.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { serveRepos, type HostedRepos } from "../git-hosting.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
let repos: HostedRepos;
let cable: Cable;
let world: World;
let forges: Readonly<Record<"far" | "near", Forge>>;

beforeAll(async () => {
  repos = await serveRepos({ onPush: () => "judging off" });
  cable = await layCable(repos.url);
  const hosts = [cable.url, repos.url].map((url) => new URL(url).origin).join(" ");
  world = await createWorld({ gitHosts: hosts });
  await world.addTeam("acme", ann);
  forges = { far: await createForge(), near: await createForge() };
  for (const slug of ["far", "near"] as const) {
    await repos.makeBare(`${slug}.git`);
    await forges[slug].commit({ [`skills/${slug}/SKILL.md`]: skillMd(slug) });
    await forges[slug].push(`${repos.url}/${slug}.git`, "main");
    const url = `${slug === "far" ? cable.url : repos.url}/${slug}.git`;
    await world.addSource({ slug, team: "acme", visibility: "public", url });
    // Tags that come after this one are releases, and no history that somebody has to confirm.
    await world.sync(slug);
  }
  for (const slug of ["far", "near"] as const) await release(slug, "1.0.0");
  for (const slug of ["far", "near"] as const) {
    await world.sync(slug);
    await world.tag(slug, `${slug}--v1.0.0`, { state: "published" });
  }
}, 60_000);
afterAll(async () => {
  await world.close();
  await cable.cut();
  await repos.close();
  for (const one of Object.values(forges)) await one.remove();
});

/** The author releases on the host itself; nothing tells the registry. */
async function release(slug: "far" | "near", version: string): Promise<void> {
  const forge = forges[slug];
  await forge.commit({ [`skills/${slug}/SKILL.md`]: skillMd(slug, `${version}\n`) });
  await forge.tag(`${slug}--v${version}`, { signer: ann });
  const ref = `refs/tags/${slug}--v${version}`;
  expect(await forge.push(`${repos.url}/${slug}.git`, "main", ref)).toMatchObject({ ok: true });
}

/** Every source is due now, as the timer would find it some minutes later. */
async function comeDue(): Promise<void> {
  const { db } = world.database;
  const rows = await db.selectFrom("sources").select("id").execute();
  await putDue(
    db,
    rows.map(({ id }) => ({ id, dueAt: new Date(Date.now() - 1_000) })),
  );
}
const source = async (slug: string) => (await world.ask(`/api/v1/sources/${slug}`)).json();
const statusOf = async (slug: string, version: string) =>
  (await world.ask(`/api/v1/skills/acme/${slug}/versions/${version}/archive.zip`)).status;

describe("a registry, the line to one of its git hosts broken,", () => {
  it.each([
    ["cut", "1.1.0", () => cable.cut(), () => cable.mend()],
    [
      "breaking off in each answer",
      "1.2.0",
      async () => cable.after(20, "break"),
      async () => cable.flow(),
    ],
  ])(
    "says of the source that it cannot be read, serves what it had, publishes from the others, and catches up by itself: %s",
    async (_how, version, breakLine, mendLine) => {
      await breakLine();
      await release("far", version);
      await release("near", version);
      await comeDue();
      await waitUntil(
        "the source says so",
        async () => (await source("far"))["lastError"] !== null,
      );
      expect(await source("near")).toMatchObject({ lastError: null });
      await world.tag("near", `near--v${version}`, { state: "published" });
      expect(await statusOf("near", version)).toBe(200);
      expect(await statusOf("far", "1.0.0")).toBe(200);
      expect(await statusOf("far", version)).toBe(404);

      await mendLine();
      await comeDue();
      await world.tag("far", `far--v${version}`, { state: "published" });
      await world.settled();
      expect(await source("far")).toMatchObject({ lastError: null, frozen: null });
      expect(await statusOf("far", version)).toBe(200);
    },
    90_000,
  );
});
