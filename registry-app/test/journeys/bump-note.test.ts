import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

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

const commit = (file: string, message: string) =>
  forge.commit({ [`skills/deploy/${file}`]: `${message}\n` }, { message });

async function push(...versions: readonly string[]) {
  const tags = versions.map((version) => `deploy--v${version}`);
  const pushed = await forge.push(remote, "main", ...tags);
  await world.settled();
  return (version: string) => pushed.said(`acme/deploy ${version}`);
}
const release = async (version: string) => forge.tag(`deploy--v${version}`, { signer: ann });

/** What admission wrote down of the step. */
async function written(version: string): Promise<string | undefined> {
  const row = await world.database.db
    .selectFrom("findings as f")
    .innerJoin("skill_versions as v", "v.id", "f.version_id")
    .where("v.version", "=", version)
    .where("f.rule", "=", "version.bump-too-small")
    .select("f.message")
    .executeTakeFirst();
  return row?.message;
}

describe("the answer to a push", () => {
  it("notes a step that is smaller than the commits of this very push ask for, in the words of the page", async () => {
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
    await release("1.0.0");
    expect((await push("1.0.0"))("1.0.0")).not.toContain("  note");
    await commit("a.md", "feat: roll back as well");
    await release("1.0.1");
    const said = (await push("1.0.1"))("1.0.1");
    const message = await written("1.0.1");
    expect(message).toMatch(/minor/);
    expect(said).toContain("accepted: acme/deploy 1.0.1");
    expect(said).toMatch(/^\S*\s+note\s/m);
    expect(said.replace(/\s+/g, " ")).toContain(message?.replace(/\s+/g, " "));
  });

  it("notes nothing of a step that is large enough, nor of commits elsewhere in the repo", async () => {
    await commit("b.md", "feat: more");
    await release("1.1.0");
    await forge.commit({ "skills/other/x.md": "X.\n" }, { message: "feat!: not of this skill" });
    const fixed = { "skills/deploy/SKILL.md": skillMd("deploy", "Mended.\n") };
    await forge.commit(fixed, { message: "fix: b" });
    await release("1.1.1");
    const said = await push("1.1.0", "1.1.1");
    expect([said("1.1.0"), said("1.1.1")].join("")).not.toContain("  note");
    expect([await written("1.1.0"), await written("1.1.1")]).toEqual([undefined, undefined]);
  });

  it("compares with a version of the same push, and says when policy will refuse the step", async () => {
    await world.change(
      (files) => new Map([...files, ["policy.yaml", Buffer.from("bump: require\n")]]),
    );
    await world.settled();
    await commit("c.md", "feat!: another way");
    await release("2.0.0");
    await commit("d.md", "feat: and one thing");
    await release("2.0.1");
    const said = await push("2.0.0", "2.0.1");
    expect(said("2.0.0")).not.toContain("  note");
    expect(said("2.0.1")).toMatch(/note.*minor[^]*policy\.yaml asks for more, and refuses it/);
    expect(await world.tag("acme-skills", "deploy--v2.0.1")).toMatchObject({
      state: "refused",
      code: "CHECK_FAILED",
    });
  });
});
