import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compareRegistries } from "../../bin/compose/compare-registries.ts";
import {
  addYank,
  removeSigner,
  removeTeamSigner,
  type ControlFiles,
} from "../../src/control/index.ts";
import { versionDetail } from "../../src/catalog/index.ts";
import { updateRefs } from "../../src/git/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { rebuildCommand } from "../../bin/commands/rebuild.ts";
import { restorePin } from "../../bin/compose/rebuild.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { burnDown, type Ashes } from "../rebuilt.ts";
import { ask, createWorld, waitUntil, type World } from "../world.ts";
import type { Registry } from "../world-registry.ts";

const ann = makeSigner("ann@example.test");
const annLater = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const cid = makeSigner("cid@example.test");
const dora = makeSigner("dora@example.test");
const YEAR_MS = 365 * 24 * 3_600_000;
const LATER = new Date("2031-05-05T05:05:05Z");
let world: World;
let hosted: Forge;
let followed: Forge;
let gone: Forge;
let ashes: Ashes;

const settle = async (edit: (files: ControlFiles) => ControlFiles) => {
  await world.change(edit);
  await world.settled();
};
const withFile = (path: string, text: string) => (files: ControlFiles) =>
  new Map([...files, [path, Buffer.from(text)] as const]);
const withoutFile = (path: string) => (files: ControlFiles) =>
  new Map([...files].filter(([name]) => name !== path));

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  [hosted, followed, gone] = [await createForge(), await createForge(), await createForge()];
  await world.addTeam("acme", ann, bob);
  await world.addTeam("beta", cid);
  await importSource();
  await pushHosted();
  await changeKeys();
  await moveAndRewrite();
  await holdAndApprove();
  ashes = await burnDown(world.core);
  // Another machine, years later.
  vi.useFakeTimers({ toFake: ["Date"], now: LATER });
}, 120_000);

afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([hosted.remove(), followed.remove(), gone.remove()]);
  await ashes.remove();
  await world.close();
});

/** Followed, with a past: old tags, unsigned ones, a stranger's, one that names no version. */
async function importSource(): Promise<void> {
  const time = new Date(Date.now() - YEAR_MS);
  await followed.commit({ "skills/query/SKILL.md": skillMd("query") }, { time });
  await followed.tag("query--v0.9.0", { signer: cid, time });
  await followed.tag("query--v0.9.1", { time });
  await followed.tag("query--v0.9.2", { signer: dora, time });
  await followed.setRef("refs/tags/nightly", await followed.resolve("refs/heads/main"));
  const { url } = followed;
  await world.addSource({ slug: "beta-mirror", team: "beta", visibility: "public", url });
  await world.sync("beta-mirror");
  // Cid signed it and Dora, who comes later, signed the rest: neither word counts for their own.
  await world.confirmImport("beta-mirror", cid.email);
  await world.confirmImport("beta-mirror", dora.email);
  await gone.commit({ "skills/relic/SKILL.md": skillMd("relic") });
  await gone.tag("relic--v1.0.0", { signer: cid });
  const relic = { slug: "beta-gone", team: "beta", visibility: "public", url: gone.url } as const;
  await world.addSource(relic);
  await world.sync("beta-gone");
  await world.confirmImport("beta-gone");
}

/** Hosted: pre-releases, a merge whose sides come in one after the other, a private source, a refused push. */
async function pushHosted(): Promise<void> {
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  await world.addSource({ slug: "acme-secret", team: "acme" });
  const remote = world.remote("acme-skills", await world.token("acme"));
  const push = async (forge: Forge, signer: typeof ann, ...tags: readonly string[]) => {
    for (const tag of tags) await forge.tag(tag, { signer });
    await forge.push(remote, "main", ...tags);
    for (const tag of tags) await world.tag("acme-skills", tag);
  };
  await hosted.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await hosted.commit({ "skills/web/test-forms/SKILL.md": skillMd("test-forms") });
  await push(hosted, ann, "deploy--v1.0.0", "test-forms--v0.1.0");
  const base = await hosted.resolve("refs/heads/main");
  await hosted.commit({ "skills/deploy/a.md": "A.\n" }, { message: "feat: a\n\nMore of it." });
  await push(hosted, ann, "deploy--v1.1.0-rc.1");
  await hosted.setRef("refs/heads/side", base);
  await hosted.commit({ "skills/deploy/b.md": "B.\n" }, { branch: "side", message: "fix: b" });
  await merge(hosted);
  await push(hosted, bob, "deploy--v1.1.0");
  await hosted.commit({ "skills/test-forms-2/SKILL.md": skillMd("test-forms-2") });
  await push(hosted, bob, "test-forms-2--v1.0.0-beta.1");
  const secret = world.remote("acme-secret", await world.token("acme"));
  await hosted.tag("test-forms--v0.2.0", { signer: ann });
  await hosted.push(secret, "main", "deploy--v1.0.0", "test-forms--v0.2.0");
  // Of a refused push git keeps nothing: a rebuild cannot know of it, and a comparison does not ask.
  await hosted.tag("test-forms--v0.2.0", { signer: ann, message: "moved" });
  expect((await hosted.push(secret, "--force", "test-forms--v0.2.0")).ok).toBe(false);
  await world.settled();
}

async function merge(forge: Forge): Promise<void> {
  const [main, side] = [
    await forge.resolve("refs/heads/main"),
    await forge.resolve("refs/heads/side"),
  ];
  const tree = await forge.git("merge-tree", "--write-tree", main, side);
  const args = [
    "commit-tree",
    tree.stdout.toString().trim(),
    "-p",
    main,
    "-p",
    side,
    "-m",
    "merge",
  ];
  const made = await forge.git(...args);
  await forge.setRef("refs/heads/main", made.stdout.toString().trim());
}

/** A key rotated out, one that was stolen, a signer who left, yanks, one of them taken back. */
async function changeKeys(): Promise<void> {
  await settle((files) => removeSigner(files, ann.email));
  await world.addSigner("acme", annLater);
  const stolenSince = new Date().toISOString();
  await hosted.commit({ "skills/deploy/c.md": "C.\n" }, { message: "feat: c" });
  await hosted.tag("deploy--v1.2.0", { signer: bob });
  await hosted.tag("deploy--v1.3.0", { signer: annLater });
  const remote = world.remote("acme-skills", await world.token("acme"));
  await hosted.push(remote, "main", "deploy--v1.2.0", "deploy--v1.3.0");
  await world.tag("acme-skills", "deploy--v1.3.0", { state: "published" });
  await world.settled();
  const lost = `fingerprint: ${fingerprintOf(bob)}\n    reason: laptop lost`;
  await settle(withFile("trust/revoked.yaml", `keys:\n  - ${lost}\n    since: ${stolenSince}\n`));
  await settle((files) => addYank(files, { skill: "acme/deploy", version: "1.3.0", reason: "x" }));
  await settle((files) => addYank(files, { skill: "beta/relic", version: "1.0.0", reason: "y" }));
  const yank = { skill: "acme/deploy", version: "1.1.0", reason: "by mistake" };
  await settle((files) => addYank(files, yank));
  await settle(withoutFile("yanks/acme--deploy--v1.1.0.yaml"));
  await settle(withoutFile("sources/beta-gone.yaml"));
  await settle(withoutFile("yanks/beta--relic--v1.0.0.yaml"));
}

/** A stranger becomes a signer, a tag moves, one vanishes, a branch is written anew; then the signer leaves. */
async function moveAndRewrite(): Promise<void> {
  await world.addSigner("beta", dora);
  await world.tag("beta-mirror", "query--v0.9.2", { state: "published" });
  await followed.commit({ "skills/query/more.md": "More.\n" }, { message: "feat: more" });
  await followed.tag("query--v1.0.0", { signer: dora });
  await followed.tag("query--v1.1.0", { signer: dora, message: "and again" });
  await world.sync("beta-mirror");
  await world.tag("beta-mirror", "query--v1.1.0", { state: "published" });
  await followed.commit({ "skills/query/evil.md": "Evil.\n" });
  await followed.tag("query--v1.0.0", { signer: dora });
  await followed.setRef("refs/tags/query--v0.9.0", null);
  await world.sync("beta-mirror");
  // Written anew from its first commit on; with none in common it would be another repo, and frozen.
  const roots = (await followed.git("rev-list", "--max-parents=0", "refs/heads/main")).stdout;
  await followed.setRef("refs/heads/main", roots.toString().trim());
  await followed.commit({ "skills/query/SKILL.md": skillMd("query", "Anew.\n") });
  await followed.tag("query--v2.0.0", { signer: cid });
  await world.sync("beta-mirror");
  await world.tag("beta-mirror", "query--v2.0.0", { state: "published" });
  await settle((files) => removeTeamSigner(files, dora.email, "beta"));
}

/** Policy wants what nobody runs: one version is approved, one stays held. */
async function holdAndApprove(): Promise<void> {
  const policy = "checks:\n  evals: required\nbump: warn\n";
  await settle(withFile("policy.yaml", policy));
  await followed.commit({ "skills/query/d.md": "D.\n" }, { message: "feat: d" });
  await followed.tag("query--v2.1.0", { signer: cid });
  await followed.tag("query--v2.2.0", { signer: cid });
  await world.sync("beta-mirror");
  await world.tag("beta-mirror", "query--v2.2.0", { state: "held" });
  const held = await world.ask("/api/v1/skills/beta/query/versions/2.1.0");
  const digest = String(held.json()["digest"]);
  const approval = `skill: beta/query\nversion: 2.1.0\ndigest: ${digest}\nby: ann@example.test\n`;
  await settle(withFile("approvals/query.yaml", approval));
  await world.tag("beta-mirror", "query--v2.1.0", { state: "published" });
  await world.settled();
}

const publicFiles = async (home: string) => {
  const dir = join(home, "public");
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    // Downloads are counted in the database alone.
    const text = (await readFile(path, "utf8")).replace(/"downloads":\d+/, "");
    return [path.slice(dir.length), text] as const;
  });
  return Object.fromEntries((await Promise.all(read)).toSorted());
};

/** What anybody can ask, archives included, by path. */
async function answers(url: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const get = async (path: string) => {
    const { status, bytes } = await ask(url, path);
    // A refusal has the id of its request in it.
    found[path] = `${status} ${status === 200 ? bytes.toString("base64") : ""}`;
    return status === 200 ? (JSON.parse(bytes.toString("utf8")) as never) : undefined;
  };
  await get("/api/v1/skills?size=100");
  await get("/.well-known/agent-skills/index.json");
  await get("/t/acme/.well-known/agent-skills/index.json");
  for (const skill of [
    "acme/deploy",
    "acme/test-forms",
    "acme/test-forms-2",
    "beta/query",
    "beta/relic",
  ]) {
    const path = `/api/v1/skills/${skill}`;
    const detail = (await get(path)) as { versions: { version: string }[] } | undefined;
    for (const { version } of detail?.versions ?? []) {
      await get(`${path}/versions/${version}`);
      await get(`${path}/versions/${version}/evidence`);
      for (const format of ["tar.gz", "zip"]) {
        const archive = `${path}/versions/${version}/archive.${format}`;
        const { status, headers, bytes } = await ask(url, archive);
        found[archive] =
          `${status} ${String(headers["etag"])} ${status === 200 ? bytes.toString("base64") : ""}`;
      }
    }
  }
  for (const source of ["beta-mirror", "acme-skills"]) {
    const tags = (await get(`/api/v1/sources/${source}/tags?size=100`)) as
      { items: { tag: string }[] } | undefined;
    for (const { tag } of tags?.items ?? [])
      await get(`/api/v1/sources/${source}/tags/${encodeURIComponent(tag)}`);
  }
  return found;
}

describe("a registry of which only the git repos are left", () => {
  let before: Record<string, string>;

  it("has had a history worth the name", async () => {
    before = await answers(world.url);
    const states = async (skill: string) => {
      const json = (await world.ask(`/api/v1/skills/${skill}`)).json();
      return (json["versions"] as { version: string; state: string }[]).map(
        (one) => `${one.version} ${one.state}`,
      );
    };
    expect(await states("acme/deploy")).toEqual([
      "1.3.0 yanked",
      "1.2.0 quarantined",
      "1.1.0 published",
      "1.1.0-rc.1 published",
      "1.0.0 published",
    ]);
    expect(await states("beta/query")).toEqual([
      "2.2.0 held",
      "2.1.0 published",
      "2.0.0 published",
      "1.1.0 published",
      "1.0.0 published",
      "0.9.2 published",
      "0.9.0 published",
    ]);
    expect(Object.keys(before).length).toBeGreaterThan(40);
  });

  it("comes out the same on another machine with another clock: rows, files, archives", async () => {
    await ashes.rebuild(async (core, done) => {
      expect(done).toMatchObject({ kind: "replayed", versions: 15, faults: [] });
      const log = await ashes.readLog();
      const facts = log.kind === "log" ? log.facts : [];
      const { differences, ...counts } = await compareRegistries(world.core, core, facts);
      expect(differences).toEqual([]);
      expect(counts).toMatchObject({ versions: 15 });
      expect(counts.archives).toBeGreaterThan(20);
    });
    expect(await publicFiles(ashes.home)).toEqual(await publicFiles(world.home));
  });

  it("answers everybody byte for byte as before, once it runs again", async () => {
    let again: Registry | undefined;
    try {
      again = await ashes.start();
      const { url } = again;
      await waitUntil("the sources were looked at", async () => {
        const { text } = await ask(url, "/api/v1/sources/beta-mirror/tags/query--v1.0.0");
        return text.includes('"drift":"moved"');
      });
      const after = await answers(url);
      for (const path of Object.keys(before))
        expect([path, after[path]]).toEqual([path, before[path]]);
      expect(Object.keys(after)).toEqual(Object.keys(before));
    } finally {
      await again?.stop();
    }
  });

  it("does not let a worker start beside a log that its database does not know", async () => {
    const other = await burnDown(world.core);
    try {
      const log = await other.readLog();
      if (log.kind === "log") await restorePin(other.config, log);
      await expect(other.start()).rejects.toThrow(/The database knows 0 lines of the registry log/);
    } finally {
      await other.remove();
    }
  });

  it("names the line of a version of which git has lost the tag or changed the bytes", async () => {
    const other = await burnDown(world.core);
    try {
      const lost = await hosted.resolve("refs/tags/deploy--v1.1.0");
      const dir = join(other.home, "git", "sources", "acme-skills.git");
      for (const ref of ["refs/tags/deploy--v1.1.0", "refs/published/deploy--v1.1.0"])
        await updateRefs(dir, [{ ref, newOid: null }]);
      await run(dir, ["repack", "-a", "-d", "-q"]);
      await run(dir, ["prune", "--expire=now"]);
      await other.rebuild(async (core, done) => {
        expect(done).toMatchObject({ kind: "replayed", versions: 14 });
        expect(done.faults).toContainEqual({
          line: expect.any(Number) as number,
          coordinate: "acme/deploy@1.1.0",
          says: expect.stringContaining(`the tag object ${lost} is not in`) as string,
        });
        const rest = await versionDetail(
          core.db,
          { kind: "everything" },
          "acme",
          "deploy",
          "1.0.0",
        );
        expect(rest).toMatchObject({ state: "published" });
      });
    } finally {
      await other.remove();
    }
  });

  it("is what rebuild --verify finds equal, and what it finds different is named", async () => {
    vi.useRealTimers();
    const printed: object[] = [];
    const context = {
      config: world.core.config,
      log: silentLog,
      isJson: true,
      print: (value: object) => void printed.push(value),
      say: () => undefined,
    };
    expect(await rebuildCommand.run(context, [], { verify: true })).toBe(0);
    expect(printed).toEqual([expect.objectContaining({ equal: true, versions: 15 })]);
    const { db } = world.database;
    const [wrong, right] = [
      "Something else.",
      "Does the query thing. Use when somebody asks for query.",
    ];
    await db
      .updateTable("skills")
      .set({ description: wrong })
      .where("name", "=", "query")
      .execute();
    printed.length = 0;
    expect(await rebuildCommand.run(context, [], { verify: true })).toBe(1);
    const difference = { of: "beta/query", field: "description", live: wrong, rebuilt: right };
    expect(printed).toEqual([difference]);
    await db
      .updateTable("skills")
      .set({ description: right })
      .where("name", "=", "query")
      .execute();
  });
});
