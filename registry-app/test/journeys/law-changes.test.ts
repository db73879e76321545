import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank, removeTeamSigner, type ControlFiles } from "../../src/control/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const SKILL = "/api/v1/skills/acme/deploy";
let world: World;
let forge: Forge;
let betweenReleases: Date;

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  await world.addTeam("acme", ann);
  const { url } = forge;
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
  await world.confirmImport("mirror");
  betweenReleases = new Date();
  await forge.commit({ "skills/deploy/more.md": "More.\n" }, { message: "feat: more" });
  await forge.tag("deploy--v1.1.0", { signer: ann });
  await forge.tag("deploy--v1.2.0", { signer: bob });
  await world.sync("mirror");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const stateOf = async (version: string) =>
  (await world.ask(`${SKILL}/versions/${version}`)).json()["state"];
const latest = async () => (await world.ask(SKILL)).json()["latest"];
const archive = async (version: string) =>
  (await world.ask(`${SKILL}/versions/${version}/archive.tar.gz`)).status;
const store = async () =>
  (await forge.git("ls-remote", world.remote("s/acme/deploy"))).stdout.toString();
const applied = async (edit: (files: ControlFiles) => ControlFiles) => {
  await world.change(edit);
  await world.settled();
};
const withRevoked = (text: string) => (files: ControlFiles) =>
  new Map([...files, ["trust/revoked.yaml", Buffer.from(text)] as const]);

describe("a change of the law", () => {
  it("judges again what was refused for its signer", async () => {
    expect(await world.tag("mirror", "deploy--v1.2.0")).toMatchObject({
      state: "refused",
      code: "UNKNOWN_SIGNER",
    });
    await world.addSigner("acme", bob);
    await world.settled();
    expect(await world.tag("mirror", "deploy--v1.2.0", { state: "published" })).toMatchObject({
      state: "published",
    });
    expect(await latest()).toBe("1.2.0");
  });

  it("hides a yanked version from resolution and keeps its bytes for who pinned it", async () => {
    await applied((files) =>
      addYank(files, { skill: "acme/deploy", version: "1.2.0", reason: "breaks the build" }),
    );
    expect(await stateOf("1.2.0")).toBe("yanked");
    expect(await latest()).toBe("1.1.0");
    expect(await archive("1.2.0")).toBe(200);
    const refs = new Map(
      (await store())
        .trim()
        .split("\n")
        .map((line) => line.split("\t").toReversed() as [string, string]),
    );
    expect(refs.get("refs/heads/main")).toBe(refs.get("refs/tags/deploy--v1.1.0"));
    expect(refs.has("refs/tags/deploy--v1.2.0")).toBe(true);
  });

  it("quarantines what was first seen since a key was compromised, through every door, and nothing older", async () => {
    const objects =
      (await store())
        .split("\n")
        .find((line) => line.includes("deploy--v1.1.0"))
        ?.split("\t")[0] ?? "";
    expect(objects).toMatch(/^[0-9a-f]{40}$/);
    const since = betweenReleases.toISOString();
    await applied(
      withRevoked(
        `keys:\n  - fingerprint: ${fingerprintOf(ann)}\n    reason: laptop lost\n    since: ${since}\n`,
      ),
    );
    expect([await stateOf("1.0.0"), await stateOf("1.1.0")]).toEqual(["published", "quarantined"]);
    expect([await archive("1.0.0"), await archive("1.1.0")]).toEqual([200, 404]);
    expect(await latest()).toBe("1.0.0");
    expect(await store()).not.toContain("deploy--v1.1.0");
    const stolen = await forge.git("fetch", world.remote("s/acme/deploy"), objects);
    expect(stolen.code).not.toBe(0);
  });

  it("brings a quarantined version back when the law no longer says so, with the same bytes", async () => {
    await applied((files) => new Map([...files].filter(([path]) => path !== "trust/revoked.yaml")));
    expect(await stateOf("1.1.0")).toBe("published");
    expect(await archive("1.1.0")).toBe(200);
    expect(await latest()).toBe("1.1.0");
    expect(await store()).toContain("deploy--v1.1.0");
  });

  it("that says again what an earlier one said judges again what was refused in between", async () => {
    const team = "teams/acme.yaml";
    let before: Buffer | undefined;
    await applied((files) => {
      before = files.get(team);
      return removeTeamSigner(files, "bob@example.test", "acme");
    });
    await forge.commit({ "skills/deploy/more.md": "Even more.\n" }, { message: "feat: even more" });
    await forge.tag("deploy--v1.3.0", { signer: bob });
    await world.sync("mirror");
    expect(await world.tag("mirror", "deploy--v1.3.0")).toMatchObject({
      state: "refused",
      code: "SIGNER_NOT_ALLOWED",
    });
    await applied((files) => new Map([...files, [team, before ?? Buffer.alloc(0)]]));
    expect(await world.tag("mirror", "deploy--v1.3.0", { state: "published" })).toMatchObject({
      state: "published",
    });
  });

  it("is written down once for each version it reaches", async () => {
    const rows = await world.database.db
      .selectFrom("log_entries")
      .where("key", "like", "standing:%")
      .orderBy("id")
      .select("line")
      .execute();
    const standings = rows.map(
      ({ line }) => JSON.parse(line) as { coordinate: string; standing: string },
    );
    expect(standings.map((one) => `${one.coordinate} ${one.standing}`)).toEqual([
      "acme/deploy@1.2.0 yanked",
      "acme/deploy@1.1.0 quarantined",
      "acme/deploy@1.1.0 published",
    ]);
  });

  it("ends the tokens of a team that it names no longer, at once and for good", async () => {
    const token = await world.token("acme", "read");
    expect((await world.ask("/api/v1/sources", { token })).status).toBe(200);
    await applied(
      (files) => new Map([...files].filter(([path]) => !/^(?:teams|sources|yanks)\//.test(path))),
    );
    expect((await world.ask("/api/v1/sources", { token })).status).toBe(401);
    expect(await archive("1.0.0")).toBe(200);
  });
});
