import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeKeygenSigner, makeSigner } from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
let world: World;
let forge: Forge;
let remote: string;
let second: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  await world.addSource({ slug: "acme-more", team: "acme", visibility: "public" });
  const token = await world.token("acme");
  remote = world.remote("acme-skills", token);
  second = world.remote("acme-more", token);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await forge.push(remote, "main", "deploy--v1.0.0");
  await forge.push(second, "main");
  await world.tag("acme-skills", "deploy--v1.0.0", { state: "published" });
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

/** Pushes a tag that will be refused; what the pusher reads and what the API says of it. */
async function tryTag(tag: string, url = remote, source = "acme-skills") {
  const pushed = await forge.push(url, "main", tag);
  const row = await world.tag(source, tag, { state: "refused" });
  expect(pushed.said(tag)).toContain(`REFUSED: ${tag}  ${String(row["code"])}`);
  expect(pushed.said(tag)).toContain(String(row["remedy"]));
  return { said: pushed.said(tag), row };
}

const sign = (tag: string) => forge.tag(tag, { signer: ann });

describe("a tag that comes too late", () => {
  it("is refused in one source once its object was accepted from another", async () => {
    const { row } = await tryTag("deploy--v1.0.0", second, "acme-more");
    expect(row["code"]).toBe("BOUND_ELSEWHERE");
    expect(row["reason"]).toContain("source acme-skills");
  });

  it("is refused in one source once what was signed in it was accepted from another, signed anew or not", async () => {
    const other = makeSigner("ann@example.test");
    await world.addSigner("acme", other);
    const time = new Date();
    const first = await forge.tag("deploy--v1.5.0", { signer: ann, time });
    await forge.push(remote, "main", "deploy--v1.5.0");
    await world.tag("acme-skills", "deploy--v1.5.0", { state: "published" });
    expect(await forge.tag("deploy--v1.5.0", { signer: other, time })).not.toBe(first);
    const { row } = await tryTag("deploy--v1.5.0", second, "acme-more");
    expect(row["code"]).toBe("BOUND_ELSEWHERE");
  });

  it("is refused where the skill belongs to another source of the team", async () => {
    await sign("deploy--v9.0.0");
    const { row } = await tryTag("deploy--v9.0.0", second, "acme-more");
    expect(row["code"]).toBe("NAME_TAKEN");
    expect(row["reason"]).toContain("source acme-skills");
  });

  it.each(["deploy@1.0.0", "deploy/v1.0.0", "deploy-v1.0.0"])(
    "is refused where another form of the same version was accepted: %s",
    async (tag) => {
      await sign(tag);
      const { row } = await tryTag(tag);
      expect(row["code"]).toBe("VERSION_EXISTS");
      expect(row["reason"]).toContain("deploy--v1.0.0");
      expect(row["remedy"]).toContain("git tag -s deploy--v1.0.1");
    },
  );

  it("is refused where two forms of one version come in one push, but for the first", async () => {
    await sign("deploy--v3.0.0");
    await sign("deploy@3.0.0");
    const { output } = await forge.push(remote, "deploy--v3.0.0", "deploy@3.0.0");
    const verdicts = [...output.matchAll(/Assay (accepted|REFUSED)/g)].map(([, one]) => one);
    expect(verdicts.toSorted()).toEqual(["REFUSED", "accepted"]);
    expect(output).toContain("VERSION_EXISTS");
  });
});

describe("a tag whose skill is not right", () => {
  it.each([
    ["deplyo--v1.0.0", "did you mean deploy--v1.0.0"],
    ["Deploy--v1.0.0", "did you mean deploy--v1.0.0"],
    ["deploy-1.2.3", "did you mean deploy--v1.2.3"],
    ["deploy--v1.0.0+build", "build metadata"],
  ])("is told what its name might have been: %s", async (tag, says) => {
    await sign(tag);
    const { row, said } = await tryTag(tag);
    expect(row["code"]).toBe("UNKNOWN_SKILL");
    expect(said).toContain(says);
  });

  it("is told to name a skill where the source holds several", async () => {
    await forge.commit({ "skills/review/SKILL.md": skillMd("review") });
    await sign("v7.0.0");
    const { row, said } = await tryTag("v7.0.0");
    expect(row["code"]).toBe("UNKNOWN_SKILL");
    expect(said).toMatch(/did you mean deploy--v7\.0\.0 or review--v7\.0\.0/);
  });

  it("is told line and fix of what breaks a rule, and can be mended", async () => {
    const path = "skills/bad/SKILL.md";
    await forge.commit({ [path]: "---\nname: worse\ndescription: x\n---\nBody.\n" });
    await sign("bad--v1.0.0");
    const { row, said } = await tryTag("bad--v1.0.0");
    expect(row["code"]).toBe("INVALID_SKILL");
    expect(said).toContain("SKILL.md:2:");
    expect(row["remedy"]).toContain("git commit -a");
    await forge.commit({ [path]: skillMd("bad") });
    const oid = await sign("bad--v1.0.0");
    expect((await forge.push(remote, "main", "bad--v1.0.0")).ok).toBe(true);
    await world.tag("acme-skills", "bad--v1.0.0", { state: "published", oid });
  });

  it("is told the limit that a file breaks", async () => {
    const content = Buffer.alloc(6 * 1024 * 1024, "a");
    await forge.commit({ "skills/big/SKILL.md": skillMd("big"), "skills/big/data": content });
    await sign("big--v1.0.0");
    const { row } = await tryTag("big--v1.0.0");
    expect(row["code"]).toBe("TOO_LARGE");
    expect(row["reason"]).toContain("data");
  });

  it("is ignored, with a line that says so, when it names no version", async () => {
    await forge.setRef("refs/tags/nightly", await forge.resolve("refs/heads/main"));
    const pushed = await forge.push(remote, "main", "nightly");
    expect(pushed.ok).toBe(true);
    expect(pushed.said("nightly")).toContain("no semantic version");
    await world.tag("acme-skills", "nightly", { state: "ignored" });
  });
});

describe("the very same tag object", () => {
  it("is accepted once the law knows its signer", async () => {
    const fay = makeSigner("fay@example.test");
    const oid = await forge.tag("deploy--v4.0.0", { signer: fay });
    expect((await tryTag("deploy--v4.0.0")).row["code"]).toBe("UNKNOWN_SIGNER");
    await world.addSigner("acme", fay);
    expect((await forge.push(remote, "deploy--v4.0.0")).output).toContain("Assay accepted");
    const row = await world.tag("acme-skills", "deploy--v4.0.0", { state: "published" });
    expect(row["oid"]).toBe(oid);
    expect(row).not.toHaveProperty("code");
  });

  it("is refused while its commit is not on the protected branch, though the object is there, and accepted once it is", async () => {
    await forge.setRef("refs/heads/late", await forge.resolve("refs/heads/main"));
    const at = await forge.commit({ "skills/deploy/a.md": "a\n" }, { branch: "late" });
    await forge.tag("deploy--v5.0.0", { signer: ann, at });
    expect((await tryTag("deploy--v5.0.0")).row["code"]).toBe("NOT_ON_BRANCH");
    expect((await forge.push(remote, "late:main", "deploy--v5.0.0")).ok).toBe(true);
    await world.tag("acme-skills", "deploy--v5.0.0", { state: "published" });
    await forge.setRef("refs/heads/main", at);
  });
});

describeWith("ssh-keygen")("a key that ssh-keygen made", () => {
  it.each([
    ["ecdsa", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ed25519", ["-t", "ed25519"]],
  ])("publishes: %s", async (kind, options) => {
    const gus = await makeKeygenSigner(`gus-${kind}@example.test`, ...options);
    try {
      await world.addSigner("acme", gus);
      const tag = `deploy--v6.0.0-${kind}`;
      await forge.tag(tag, { signer: gus });
      expect((await forge.push(remote, tag)).output).toContain("Assay accepted");
      await world.tag("acme-skills", tag, { state: "published" });
    } finally {
      await gus.remove();
    }
  });
});
