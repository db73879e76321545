import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSshVerifier } from "../../src/keys/index.ts";
import { parseCommit } from "../../src/git/index.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const VERSION = "/api/v1/skills/acme/deploy/versions/1.0.0";
const FORMATS = ["tar.gz", "zip"] as const;
let world: World;
let forge: Forge;
let token: string;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-newcomer-"));
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  token = await world.token("acme");
});
afterAll(async () => {
  await forge.remove();
  await rm(scratch, { recursive: true, force: true });
  await world.close();
});

describe("a newcomer", () => {
  it("pushes a branch with a signed tag, reads accepted, and finds the skill published", async () => {
    await forge.commit({
      "skills/deploy/SKILL.md": skillMd("deploy"),
      "skills/deploy/scripts/run.sh": "#!/bin/sh\necho done\n",
      "README.md": "# Skills\n",
    });
    await forge.tag("deploy--v1.0.0", { signer: ann });
    const pushed = await forge.push(world.remote("acme-skills", token), "main", "deploy--v1.0.0");
    expect(pushed.ok).toBe(true);
    const said = pushed.said("acme/deploy 1.0.0");
    expect(said).toContain("Assay accepted: acme/deploy 1.0.0");
    expect(said).toContain("signed by ann@example.test SHA256:");
    expect(said).toContain(`${world.url}/sources/acme-skills/tags/deploy--v1.0.0`);
    expect(await world.tag("acme-skills", "deploy--v1.0.0")).toMatchObject({
      state: "published",
      oid: await forge.resolve("refs/tags/deploy--v1.0.0"),
      drift: null,
      became: { team: "acme", name: "deploy", version: "1.0.0" },
    });
    await world.settled();
    expect((await world.ask("/api/v1/skills?q=deploy")).json()).toMatchObject({
      total: 1,
      items: [{ team: "acme", name: "deploy", latest: "1.0.0" }],
    });
    expect((await world.ask(VERSION)).json()).toMatchObject({
      version: "1.0.0",
      state: "published",
      tag: "deploy--v1.0.0",
      tagOid: await forge.resolve("refs/tags/deploy--v1.0.0"),
      commit: await forge.resolve("refs/heads/main"),
      tree: await forge.resolve("refs/heads/main:skills/deploy"),
      signer: { principal: "ann@example.test" },
      bump: { declared: "first" },
      files: [{ path: "SKILL.md" }, { path: "scripts/run.sh" }],
    });
  });

  it("downloads archives whose ETag, digest and ranges are right", async () => {
    const version = (await world.ask(VERSION)).json();
    for (const format of FORMATS) {
      const path = `${VERSION}/archive.${format}`;
      const whole = await world.ask(path);
      const sha256 = createHash("sha256").update(whole.bytes).digest();
      expect([format, whole.status]).toEqual([format, 200]);
      expect(whole.headers.etag).toBe(`"${sha256.toString("hex")}"`);
      expect(whole.headers["repr-digest"]).toBe(`sha-256=:${sha256.toString("base64")}:`);
      expect(version["archives"]).toContainEqual({
        format,
        size: whole.bytes.length,
        sha256: sha256.toString("hex"),
      });
      const etag = whole.headers.etag ?? "";
      const again = await world.ask(path, { headers: { "if-none-match": etag } });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      const part = await world.ask(path, { headers: { range: "bytes=10-19" } });
      expect([part.status, part.bytes]).toEqual([206, whole.bytes.subarray(10, 20)]);
    }
  });

  it("clones the store, whose tag is the folder and nothing else", async () => {
    const to = join(scratch, "clone");
    const url = world.remote("s/acme/deploy");
    expect(await run(scratch, ["clone", "-q", "-b", "deploy--v1.0.0", url, to])).toMatchObject({
      code: 0,
    });
    expect((await readdir(to)).toSorted()).toEqual([".git", "SKILL.md", "scripts"]);
    expect(await readFile(join(to, "SKILL.md"), "utf8")).toBe(skillMd("deploy"));
    const tree = (await run(to, ["rev-parse", "HEAD^{tree}"])).stdout.toString().trim();
    expect(tree).toBe(await forge.resolve("refs/heads/main:skills/deploy"));
  });

  it("reads in the registry log that the tag was accepted and decided, signed and chained", async () => {
    const to = join(scratch, "log");
    const cloned = await run(scratch, ["clone", "-q", world.remote("log"), to]);
    expect(cloned).toMatchObject({ code: 0, stderr: "" });
    const lines = await readLog(to);
    const facts = lines.map((line) => JSON.parse(line) as { key: string });
    expect(facts.filter(({ key }) => /^(?:accepted|decided):/.test(key))).toMatchObject([
      { key: expect.stringMatching(/^accepted:acme-skills:/), coordinate: "acme/deploy@1.0.0" },
      { key: expect.stringMatching(/^decided:/), decision: "publish" },
    ]);
    const chain = lines.reduce(
      (before, line) => createHash("sha256").update(`${before}\n${line}`).digest("hex"),
      "0".repeat(64),
    );
    const checkpoint = (await readFile(join(to, "checkpoint"), "utf8")).split("\n");
    expect([checkpoint[1], checkpoint[3]]).toEqual([String(lines.length), chain]);
    for (const oid of (await run(to, ["rev-list", "HEAD"])).stdout.toString().trim().split("\n")) {
      const raw = (await run(to, ["cat-file", "commit", oid])).stdout;
      const parsed = parseCommit(raw);
      if (parsed.kind !== "ok" || parsed.signed === undefined) throw new Error(`${oid} unsigned`);
      const { payload, signature } = parsed.signed;
      const asked = { payload, armor: signature.armor, namespace: "git" };
      expect(createSshVerifier().verify(asked).kind).toBe("good");
    }
  });

  it("publishes the next version, whose changelog says what changed", async () => {
    await forge.commit(
      { "skills/deploy/SKILL.md": skillMd("deploy", "Do it twice.\n") },
      { message: "feat(deploy): does it twice" },
    );
    await forge.commit({ "README.md": "# More\n" }, { message: "docs: not of the skill" });
    await forge.tag("deploy--v1.1.0", { signer: ann });
    const pushed = await forge.push(world.remote("acme-skills", token), "main", "deploy--v1.1.0");
    expect(pushed.output).toContain("accepted: acme/deploy 1.1.0");
    expect(await world.tag("acme-skills", "deploy--v1.1.0")).toMatchObject({ state: "published" });
    await world.settled();
    const version = (await world.ask(VERSION.replace("1.0.0", "1.1.0"))).json();
    expect(version).toMatchObject({ bump: { declared: "minor", required: "minor" } });
    expect(JSON.stringify(version["changelog"])).toContain("does it twice");
    expect(JSON.stringify(version["changelog"])).not.toContain("not of the skill");
    expect((await world.ask("/api/v1/skills/acme/deploy")).json()).toMatchObject({
      latest: "1.1.0",
      versions: [{ version: "1.1.0" }, { version: "1.0.0" }],
    });
  });

  it("gets the same bytes from another registry", async () => {
    const other = await createWorld();
    try {
      await other.addTeam("acme", ann);
      await other.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
      const remote = other.remote("acme-skills", await other.token("acme"));
      await forge.push(remote, "main", "deploy--v1.0.0");
      await other.tag("acme-skills", "deploy--v1.0.0");
      for (const format of FORMATS) {
        const path = `${VERSION}/archive.${format}`;
        const [one, two] = [await world.ask(path), await other.ask(path)];
        expect([format, two.status]).toEqual([format, 200]);
        expect(two.bytes.equals(one.bytes)).toBe(true);
      }
    } finally {
      await other.close();
    }
  });

  it("works in a clone with stock git, commits and pushes a branch", async () => {
    const to = join(scratch, "work");
    await run(scratch, ["clone", "-q", world.remote("acme-skills", token), to]);
    await writeFile(join(to, "README.md"), "# Mine\n");
    await run(to, ["commit", "-q", "-a", "-m", "docs: mine"]);
    expect(await run(to, ["push", "-q", "origin", "HEAD"])).toMatchObject({ code: 0 });
  });
});

async function readLog(dir: string): Promise<string[]> {
  const segments = (await readdir(join(dir, "entries"))).toSorted();
  const texts = await Promise.all(
    segments.map((name) => readFile(join(dir, "entries", name), "utf8")),
  );
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}
