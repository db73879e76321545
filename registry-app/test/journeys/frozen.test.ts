import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listAudit } from "../../src/audit/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitFor, type Json, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const NAMES = ["deploy--v1.0.0", "deploy--v1.0.1", "deploy--v1.0.2"] as const;
const [FIRST, SECOND, THIRD] = NAMES;
let world: World;
let forge: Forge;
let forges: Forge[];

beforeEach(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  forges = [forge];
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url: forge.url });
  // Tags that come after this one are releases, and no history that somebody has to confirm.
  await world.sync("mirror");
  for (const name of NAMES) {
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", `${name}\n`) });
    await forge.tag(name, { signer: ann });
  }
  await world.sync("mirror");
  for (const name of NAMES) await world.tag("mirror", name, { state: "published" });
});
afterEach(async () => {
  await world.close();
  for (const one of forges) await one.remove();
});

const served = async () => {
  const answers: string[] = [];
  for (const name of NAMES) {
    const version = name.split("--v")[1] ?? "";
    const at = `/api/v1/skills/acme/deploy/versions/${version}`;
    const [json, archive] = [await world.ask(at), await world.ask(`${at}/archive.tar.gz`)];
    expect([json.status, archive.status]).toEqual([200, 200]);
    answers.push(json.text, archive.bytes.toString("base64"));
  }
  return answers;
};
const told = async (action: string) => listAudit(world.database.db, { action });
const source = async () => (await world.ask("/api/v1/sources/mirror")).json();
const move = async (name: string, body: string) => {
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", body) });
  return forge.tag(name, { signer: ann });
};
const waiting = async (name: string) =>
  waitFor(`${name} says what it waits for`, async () => {
    const answer = await world.ask(`/api/v1/sources/mirror/tags/${name}`);
    if (answer.status === 404) return undefined;
    const [newest] = answer.json()["sightings"] as Json[];
    return newest?.["code"] === "SOURCE_FROZEN" ? newest : undefined;
  });
const assay = (...args: string[]) =>
  runCli(args, {
    cwd: world.home,
    env: { ASSAY_HOME: world.home, DATABASE_URL: world.database.url, ASSAY_GIT_HOSTS: "file:" },
  });

describe("a followed source whose accepted tags are moved", () => {
  it("is told of once for each object a tag was moved to, however often it goes there and back", async () => {
    const before = await served();
    const home = await forge.resolve(`refs/tags/${FIRST}`);
    const one = await move(FIRST, "Hijacked.\n");
    for (const at of [one, home, one]) {
      await forge.setRef(`refs/tags/${FIRST}`, at);
      await world.sync("mirror");
      await world.sync("mirror");
    }
    const other = await move(FIRST, "Hijacked again.\n");
    await world.sync("mirror");
    const alerts = await told("tag.moved");
    expect(alerts.map(({ detail }) => detail["to"])).toEqual([other, one]);
    expect(alerts[0]).toMatchObject({ subject: "source:mirror", detail: { from: home } });
    expect(await source()).toMatchObject({ frozen: null });
    expect(await served()).toEqual(before);
  });

  it("is frozen when a second one moves: new tags wait and say why, what was published is served, an admin ends it", async () => {
    const before = await served();
    await move(FIRST, "Hijacked.\n");
    await world.sync("mirror");
    await move(SECOND, "Hijacked too.\n");
    await forge.tag("deploy--v2.0.0", { signer: ann });
    await world.sync("mirror");
    expect(await source()).toMatchObject({
      frozen: { reason: expect.stringContaining("2 accepted tags were moved") },
    });
    expect(await waiting("deploy--v2.0.0")).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("source mirror is frozen since"),
      remedy: 'npx assay source unfreeze mirror --because "what you found there"',
    });
    expect(await told("source.freeze")).toHaveLength(1);
    await forge.tag("deploy--v2.0.1", { signer: ann });
    await world.sync("mirror");
    await waiting("deploy--v2.0.1");
    expect(await told("source.freeze")).toHaveLength(1);
    expect(await served()).toEqual(before);

    const wordless = await assay("source", "unfreeze", "mirror");
    expect(wordless).toMatchObject({ code: 2, stdout: "" });
    const ended = await assay(
      "source",
      "unfreeze",
      "mirror",
      "--because",
      "Ann retagged",
      "--json",
    );
    expect(ended.lines()).toMatchObject([{ slug: "mirror", unfrozen: true }]);
    await world.tag("mirror", "deploy--v2.0.0", { state: "published" });
    await world.tag("mirror", "deploy--v2.0.1", { state: "published" });
    expect(await told("source.unfreeze")).toMatchObject([{ detail: { because: "Ann retagged" } }]);
    const moved = (await world.tag("mirror", SECOND))["sightings"];
    expect(moved).toMatchObject([{ code: "TAG_MOVED" }, { state: "published", drift: "moved" }]);
    expect(await served()).toEqual(before);
    const again = await assay("source", "unfreeze", "mirror", "--because", "twice");
    expect(again.stderr).toContain("is not frozen");

    await world.sync("mirror");
    expect(await source()).toMatchObject({ frozen: null });
    await move(THIRD, "Hijacked after all.\n");
    await move(FIRST, "And once more.\n");
    await world.sync("mirror");
    expect(await source()).toMatchObject({ frozen: expect.anything() });
  }, 60_000);

  it("is frozen when all of them are gone at once, and not again for the same after an admin ended it", async () => {
    for (const name of NAMES) await forge.setRef(`refs/tags/${name}`, null);
    await world.sync("mirror");
    expect(await source()).toMatchObject({
      frozen: { reason: "all 3 accepted tags were moved or deleted" },
    });
    expect(await told("tag.vanished")).toHaveLength(3);
    await assay("source", "unfreeze", "mirror", "--because", "they tidied up");
    await world.sync("mirror");
    expect(await source()).toMatchObject({ frozen: null });
    await served();
  }, 30_000);
});

describe("a followed repo that is not what it was", () => {
  it("is frozen when it was deleted and made anew under the same name, before anything of the new one is admitted", async () => {
    const before = await served();
    const other = await createForge();
    forges.push(other);
    await other.commit({ "skills/deploy/SKILL.md": skillMd("deploy", "Another repo.\n") });
    await other.tag("deploy--v9.0.0", { signer: ann });
    const refs = (await forge.git("for-each-ref", "--format=%(refname)")).stdout.toString();
    for (const ref of refs.trim().split("\n")) await forge.setRef(ref, null);
    await forge.git("fetch", "-q", other.dir, "+refs/*:refs/*");
    await world.sync("mirror");
    expect(await source()).toMatchObject({
      frozen: { reason: expect.stringContaining("shares no commit") },
    });
    await waiting("deploy--v9.0.0");
    expect(await told("source.replaced")).toHaveLength(1);
    await world.sync("mirror");
    await waiting("deploy--v9.0.0");
    expect(await told("source.replaced")).toHaveLength(1);
    expect(await served()).toEqual(before);
    expect(await world.tag("mirror", FIRST)).toMatchObject({ drift: "vanished" });
  }, 30_000);

  it("keeps versions that a rewritten branch dropped, marks them, tells it once, and clears the mark when they are back", async () => {
    const before = await served();
    const [main, kept] = [await forge.resolve("main"), await forge.resolve("main~1")];
    await forge.setRef("refs/heads/main", kept);
    await world.sync("mirror");
    expect(await world.tag("mirror", THIRD)).toMatchObject({
      state: "published",
      drift: "unreachable",
    });
    expect(await world.tag("mirror", SECOND)).toMatchObject({ drift: null });
    await forge.commit({ "skills/deploy/more.md": "More.\n" });
    await world.sync("mirror");
    expect(await world.tag("mirror", THIRD)).toMatchObject({ drift: "unreachable" });
    expect(await told("branch.rewritten")).toMatchObject([
      { detail: { branch: "main", tip: kept, versions: 1, tags: [THIRD] } },
    ]);
    await forge.setRef("refs/heads/main", main);
    await world.sync("mirror");
    expect(await world.tag("mirror", THIRD)).toMatchObject({ drift: null });
    expect(await source()).toMatchObject({ frozen: null });
    expect(await served()).toEqual(before);
  }, 30_000);

  it("marks what it cannot see while the repo is gone, tells it once, and clears the mark when it is back", async () => {
    const before = await served();
    const at = async (url: string) =>
      world.change((files) => {
        const text = files.get("sources/mirror.yaml")?.toString() ?? "";
        const changed = text.replace(/^url: .*$/m, `url: ${url}`);
        return new Map([...files, ["sources/mirror.yaml", Buffer.from(changed)]]);
      });
    await at(`${forge.url}-gone`);
    await world.sync("mirror");
    await world.sync("mirror");
    expect((await source())["lastError"]).toContain("does not appear to be a git repository");
    for (const name of NAMES)
      expect(await world.tag("mirror", name)).toMatchObject({
        state: "published",
        drift: "unreachable",
      });
    expect(await told("source.unreachable")).toHaveLength(1);
    expect(await served()).toEqual(before);
    await at(forge.url);
    await world.sync("mirror");
    expect(await source()).toMatchObject({ lastError: null, frozen: null });
    for (const name of NAMES)
      expect(await world.tag("mirror", name)).toMatchObject({ drift: null });
  }, 30_000);
});
