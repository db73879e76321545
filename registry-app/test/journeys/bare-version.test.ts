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

describe("a tag that is a version and nothing else", () => {
  it("releases the one skill of a source that holds one", async () => {
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
    await forge.tag("v1.0.0", { signer: ann });
    expect((await forge.push(remote, "main", "v1.0.0")).ok).toBe(true);
    expect(await world.tag("acme-skills", "v1.0.0", { state: "published" })).toMatchObject({
      became: { team: "acme", name: "deploy", version: "1.0.0" },
    });
  });

  it("is told what it should be called where there are several, and is not asked for a signature first", async () => {
    await forge.commit({ "skills/review/SKILL.md": skillMd("review") });
    await forge.tag("v1.1.0", {});
    const pushed = await forge.push(remote, "main", "v1.1.0");
    expect(pushed.said("v1.1.0")).toContain("UNKNOWN_SKILL");
    expect(pushed.said("v1.1.0")).toContain("did you mean deploy--v1.1.0");
    const { clauses } = await world.tag("acme-skills", "v1.1.0", { state: "refused" });
    expect(clauses).toMatchObject([{ held: false }]);
  });

  it("of a skill that lies elsewhere is told what to move", async () => {
    for (const place of ["tidy", "tools/sweep", "plugins/house/skills/dust"]) {
      const skill = place.slice(place.lastIndexOf("/") + 1);
      await forge.commit({ [`${place}/SKILL.md`]: skillMd(skill) });
      await forge.tag(`${skill}--v1.0.0`, { signer: ann });
      const said = (await forge.push(remote, "main", `${skill}--v1.0.0`)).said(`${skill}--v1.0.0`);
      expect(said).toContain("UNKNOWN_SKILL");
      expect(said).toContain(`git mv ${place} skills/${skill}`);
    }
  });
});
