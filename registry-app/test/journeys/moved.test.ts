import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../src/audit/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const TAG = "deploy--v1.0.0";
const VERSION = "/api/v1/skills/acme/deploy/versions/1.0.0";
let world: World;
let forge: Forge;
let remote: string;
let oid: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  oid = await forge.tag(TAG, { signer: ann });
  await forge.push(remote, "main", TAG);
  await world.tag("acme-skills", TAG, { state: "published" });
  await world.settled();
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

async function served() {
  const version = await world.ask(VERSION);
  const archives = [
    await world.ask(`${VERSION}/archive.tar.gz`),
    await world.ask(`${VERSION}/archive.zip`),
  ];
  const store = await forge.git("ls-remote", world.remote("s/acme/deploy"));
  expect([version.status, ...archives.map(({ status }) => status)]).toEqual([200, 200, 200]);
  return [
    version.text,
    store.stdout.toString(),
    ...archives.map(({ bytes }) => bytes.toString("base64")),
  ];
}

describe("a published tag of a hosted source", () => {
  it("is not moved, by force neither, and what is served stays byte for byte", async () => {
    const before = await served();
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", "Something else.\n") });
    const moved = await forge.tag(TAG, { signer: ann });
    for (const ref of [`refs/tags/${TAG}`, `+refs/tags/${TAG}`]) {
      const pushed = await forge.push(remote, "main", ref);
      expect(pushed.ok).toBe(false);
    }
    const pushed = await forge.push(remote, `+refs/tags/${TAG}`);
    expect(pushed.said(TAG)).toContain("TAG_MOVED");
    expect(pushed.said(TAG)).toContain("git tag -s deploy--v1.0.1");
    await world.sync("acme-skills");
    expect(await served()).toEqual(before);
    const row = await world.tag("acme-skills", TAG);
    expect(row).toMatchObject({ state: "published", oid, drift: null });
    expect(row).not.toHaveProperty("code");
    expect(row["sightings"]).toMatchObject([
      { oid: moved, state: "refused", code: "TAG_MOVED" },
      { oid, state: "published" },
    ]);
  });

  it("stands once in the list of tags, its attempts beside it, each said for what it is", async () => {
    const { items } = (await world.ask("/api/v1/sources/acme-skills/tags")).json() as {
      items: { tag: string; state: string; code?: string }[];
    };
    const rows = items.filter(({ tag }) => tag === TAG).map(({ state, code }) => [state, code]);
    expect(rows.toSorted()).toEqual([
      ["published", undefined],
      ["refused", "TAG_MOVED"],
    ]);
  });

  it("is not deleted, and what is served stays byte for byte", async () => {
    const before = await served();
    const pushed = await forge.push(remote, `:refs/tags/${TAG}`);
    expect(pushed.ok).toBe(false);
    expect(pushed.output).toContain("Tags are never deleted");
    await world.sync("acme-skills");
    expect(await served()).toEqual(before);
    expect(await world.tag("acme-skills", TAG)).toMatchObject({ state: "published", drift: null });
  });

  it("stays although the branch may not be rewritten under it", async () => {
    const root = await forge.resolve("refs/heads/main~1");
    const tree = await forge.resolve(`${root}^{tree}`);
    const args = ["commit-tree", "-m", "feat: another history", tree];
    const other = (await forge.git(...args)).stdout.toString().trim();
    await forge.setRef("refs/heads/other", other);
    await forge.tag("deploy--v1.5.0", { signer: ann, at: other });
    const rewritten = await forge.push(remote, "+other:main", "deploy--v1.5.0");
    expect(rewritten.said("deploy--v1.5.0")).toContain("NOT_ON_BRANCH");
    expect((await forge.push(remote, ":main")).ok).toBe(false);
    await world.sync("acme-skills");
    expect(await world.tag("acme-skills", TAG)).toMatchObject({ state: "published", drift: null });
  });

  it("is not frozen by what pushes attempt, and each object that was tried is told of once", async () => {
    const tried: string[] = [];
    for (const body of ["One.\n", "Two.\n"]) {
      await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", body) });
      tried.push(await forge.tag(TAG, { signer: ann }));
      for (let time = 0; time < 2; time++)
        expect((await forge.push(remote, `+refs/tags/${TAG}`)).said(TAG)).toContain("TAG_MOVED");
    }
    await world.sync("acme-skills");
    const { db } = world.database;
    const alerts = await listAudit(db, { action: "tag.move-refused" });
    const targets = alerts.map(({ detail }) => detail["to"]);
    expect(targets.slice(0, 2)).toEqual(tried.toReversed());
    expect(new Set(targets).size).toBe(targets.length);
    expect(await listAudit(db, { action: "tag.moved" })).toEqual([]);
    const source = (await world.ask("/api/v1/sources/acme-skills")).json();
    expect(source).toMatchObject({ frozen: null });
  });

  it("takes nothing but branches and tags into its repo", async () => {
    for (const ref of [
      "refs/published/x",
      "refs/replace/x",
      "refs/notes/commits",
      "refs/incoming/x",
    ]) {
      expect([ref, (await forge.push(remote, `main:${ref}`)).ok]).toEqual([ref, false]);
    }
  });
});
