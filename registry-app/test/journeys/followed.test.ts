import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const YEAR_MS = 365 * 24 * 3_600_000;
const VERSION = "/api/v1/skills/acme/deploy/versions";
let world: World;
let forge: Forge;

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  await world.addTeam("acme", ann);
  const time = new Date(Date.now() - YEAR_MS);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") }, { time });
  await forge.tag("deploy--v1.0.0", { signer: ann, time });
  await forge.tag("deploy--v1.0.1", { time });
  await forge.tag("deploy--v1.0.2", { signer: bob, time });
  await forge.setRef("refs/tags/v1", await forge.resolve("refs/heads/main"));
  const { url } = forge;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
  await world.confirmImport("mirror");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const archiveOf = async (version: string) => {
  const answer = await world.ask(`${VERSION}/${version}/archive.tar.gz`);
  return [answer.status, answer.bytes.toString("base64")];
};

describe("a followed source", () => {
  it("has its old tags imported: the date window is off, the unsigned ones are listed and not served", async () => {
    await world.tag("mirror", "deploy--v1.0.0", { state: "published" });
    expect(await world.tag("mirror", "deploy--v1.0.1")).toMatchObject({ code: "UNSIGNED" });
    expect(await world.tag("mirror", "deploy--v1.0.2")).toMatchObject({ code: "UNKNOWN_SIGNER" });
    expect(await world.tag("mirror", "v1")).toMatchObject({ state: "ignored" });
    expect((await archiveOf("1.0.0"))[0]).toBe(200);
    expect((await archiveOf("1.0.1"))[0]).toBe(404);
  });

  it("has new tags found without any event, and judged by their date", async () => {
    await forge.commit({ "skills/deploy/more.md": "More.\n" }, { message: "feat: more" });
    const names = ["1.1.0", "1.1.1", "1.1.2", "1.1.3"].map((one) => `deploy--v${one}`);
    for (const name of names) await forge.tag(name, { signer: ann });
    const time = new Date(Date.now() - YEAR_MS);
    await forge.tag("deploy--v1.2.0", { signer: ann, time });
    await world.sync("mirror");
    for (const name of names) await world.tag("mirror", name, { state: "published" });
    expect(await world.tag("mirror", "deploy--v1.2.0")).toMatchObject({ code: "TAGGER_DATE" });
  });

  it("shows a tag that moved as moved, the attempt as TAG_MOVED, and serves the same bytes", async () => {
    const before = await archiveOf("1.1.0");
    const oid = await forge.resolve("refs/tags/deploy--v1.1.0");
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", "Hijacked.\n") });
    const moved = await forge.tag("deploy--v1.1.0", { signer: ann });
    await world.sync("mirror");
    const row = await world.tag("mirror", "deploy--v1.1.0");
    expect(row).toMatchObject({ state: "published", oid, drift: "moved" });
    expect(row["sightings"]).toMatchObject([
      { oid: moved, state: "refused", code: "TAG_MOVED", drift: null },
      { oid, state: "published", drift: "moved" },
    ]);
    expect(await archiveOf("1.1.0")).toEqual(before);
    const once = await auditOf("tag.moved");
    await world.sync("mirror");
    expect([once.length, (await auditOf("tag.moved")).length]).toEqual([1, 1]);

    await forge.setRef("refs/tags/deploy--v1.1.0", oid);
    await world.sync("mirror");
    expect(await world.tag("mirror", "deploy--v1.1.0")).toMatchObject({ drift: null });
    expect(await archiveOf("1.1.0")).toEqual(before);
  });

  it("keeps the version of a tag that vanished, and clears the mark when the same object returns", async () => {
    const before = await archiveOf("1.1.1");
    const oid = await forge.resolve("refs/tags/deploy--v1.1.1");
    await forge.setRef("refs/tags/deploy--v1.1.1", null);
    await world.sync("mirror");
    expect(await world.tag("mirror", "deploy--v1.1.1")).toMatchObject({
      state: "published",
      drift: "vanished",
    });
    expect(await archiveOf("1.1.1")).toEqual(before);
    await forge.setRef("refs/tags/deploy--v1.1.1", oid);
    await world.sync("mirror");
    expect(await world.tag("mirror", "deploy--v1.1.1")).toMatchObject({ drift: null });
  });

  it("goes on after its branch was rewritten, there and back", async () => {
    const [main, root] = [await forge.resolve("main"), await forge.resolve("main~1")];
    await forge.setRef("refs/heads/main", root);
    const rewritten = await forge.commit({ "skills/deploy/b.md": "B.\n" });
    await forge.tag("deploy--v2.0.0", { signer: ann, at: rewritten });
    await world.sync("mirror");
    await world.tag("mirror", "deploy--v2.0.0", { state: "published" });
    await forge.setRef("refs/heads/main", main);
    await world.sync("mirror");
    await forge.commit({ "skills/deploy/c.md": "C.\n" });
    await forge.tag("deploy--v2.1.0", { signer: ann });
    await world.sync("mirror");
    await world.tag("mirror", "deploy--v2.1.0", { state: "published" });
    const merge = ["commit-tree", "-p", "main", "-p", rewritten, "-m", "Merge", "main^{tree}"];
    const merged = (await forge.git(...merge)).stdout.toString().trim();
    await forge.setRef("refs/heads/main", merged);
    await forge.tag("deploy--v2.2.0", { signer: ann });
    await world.sync("mirror");
    const row = await world.tag("mirror", "deploy--v2.2.0", { state: "published" });
    expect(row["became"]).toMatchObject({ version: "2.2.0" });
  });

  it("says on the source what keeps it from being fetched, and goes on serving", async () => {
    await world.change((files) => {
      const text = files.get("sources/mirror.yaml")?.toString() ?? "";
      const gone = text.replace(forge.url, `${forge.url}-gone`);
      return new Map([...files, ["sources/mirror.yaml", Buffer.from(gone)]]);
    });
    await world.sync("mirror");
    const source = (await world.ask("/api/v1/sources/mirror")).json();
    expect(source["lastError"]).toContain("does not appear to be a git repository");
    expect((await archiveOf("1.0.0"))[0]).toBe(200);
    expect(await world.tag("mirror", "deploy--v1.0.0")).toMatchObject({ state: "published" });
  });
});

async function auditOf(action: string) {
  return world.database.db
    .selectFrom("audit_log")
    .where("action", "=", action)
    .selectAll()
    .execute();
}
