import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
let world: World;
const forges: Forge[] = [];

beforeAll(async () => {
  world = await createWorld();
  await world.addTeam("acme", ann);
  for (const slug of ["plain", "strict"])
    await world.addSource({ slug, team: "acme", visibility: "public" });
  await policyOf("strict", "policy:\n  singleAuthor: hold\n  checks:\n    evals: required\n");
});
afterAll(async () => {
  for (const forge of forges) await forge.remove();
  await world.close();
});

async function policyOf(slug: string, policy: string): Promise<void> {
  const path = `sources/${slug}.yaml`;
  await world.change((files) => {
    const before = files.get(path)?.toString().split("policy:")[0] ?? "";
    return new Map([...files, [path, Buffer.from(`${before}${policy}`)]]);
  });
  await world.settled();
}

async function release(slug: string, skill: string) {
  const forge = await createForge();
  forges.push(forge);
  await forge.commit({ [`skills/${skill}/SKILL.md`]: skillMd(skill) });
  await forge.tag(`${skill}--v1.0.0`, { signer: ann });
  await forge.push(world.remote(slug, await world.token("acme")), "main", `${skill}--v1.0.0`);
  return () => world.tag(slug, `${skill}--v1.0.0`);
}

const singleAuthor = async (slug: string) =>
  (await world.ask(`/api/v1/sources/${slug}`)).json()["singleAuthor"];

describe("a source whose policy is stricter than the registry's", () => {
  it("holds what another source of the same team publishes, and says each reason", async () => {
    const plain = await release("plain", "deploy");
    const strict = await release("strict", "test-forms");
    await world.settled();
    expect(await plain()).toMatchObject({ state: "published" });
    const held = await strict();
    expect(held).toMatchObject({ state: "held", code: "HELD" });
    expect(held["reason"]).toContain("evals is required by policy and was not run");
    expect(held["reason"]).toContain(`${ann.email} alone may sign for this source`);
  });

  it("with a single author is labelled as such, until somebody else may sign too", async () => {
    expect([await singleAuthor("plain"), await singleAuthor("strict")]).toEqual([true, true]);
    await policyOf("strict", "policy:\n  singleAuthor: hold\n");
    const row = await world.tag("strict", "test-forms--v1.0.0", { state: "held" });
    expect(row["reason"]).toBe(
      `${ann.email} alone may sign for this source, and policy asks for somebody else's word`,
    );
    await world.addSigner("acme", bob);
    await world.tag("strict", "test-forms--v1.0.0", { state: "published" });
    await world.settled();
    expect([await singleAuthor("plain"), await singleAuthor("strict")]).toEqual([false, false]);
  });

  it("cannot be looser: such a change is refused with file and line, and nothing of it is law", async () => {
    const loose = policyOf("strict", "policy:\n  checks:\n    signature: optional\n");
    await expect(loose).rejects.toThrow(
      /sources\/strict\.yaml:\d+: policy\.checks\.signature: the registry requires it/,
    );
    const law = await world.core.law();
    expect(law.sources.get("strict")?.policy).toEqual({ checks: {}, singleAuthor: "hold" });
  });
});
