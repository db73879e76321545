import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transaction } from "../../src/db/index.ts";
import {
  addMember,
  createToken,
  createUser,
  findTeam,
  revokeToken,
  SYSTEM,
} from "../../src/people/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const ben = makeSigner("ben@example.test");
let world: World;
let forge: Forge;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addTeam("other");
  await world.addSource({ slug: "acme-skills", team: "acme" });
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

describe("a second author", () => {
  it("gets in with an account, a token and a key of their own, and publishes under their name", async () => {
    const { core } = world;
    const team = await findTeam(core.db, "acme");
    const { token, id } = await transaction(core.db, async (tx) => {
      const wanted = { email: ben.email, name: "Ben", isAdmin: false };
      const user = await createUser(core, tx, SYSTEM, wanted);
      const member = { teamId: team?.id ?? "", userId: user.id, role: "member" } as const;
      await addMember(core, tx, SYSTEM, member);
      const made = await createToken(core, tx, SYSTEM, {
        name: "laptop",
        owner: { userId: user.id },
        scopes: ["push"],
        expiresAt: null,
      });
      return { token: made.text, id: made.id };
    });
    const remote = world.remote("acme-skills", token);
    await forge.tag("deploy--v1.0.0", { signer: ben });
    const early = await forge.push(remote, "main", "deploy--v1.0.0");
    expect(early.said("deploy--v1.0.0")).toContain("UNKNOWN_SIGNER");
    await world.addSigner("acme", ben);
    await forge.push(remote, "deploy--v1.0.0");
    await world.tag("acme-skills", "deploy--v1.0.0", { token, state: "published" });
    const version = await world.ask("/api/v1/skills/acme/deploy/versions/1.0.0", { token });
    expect(version.json()).toMatchObject({ signer: { principal: ben.email } });
    const accounts = await core.db.selectFrom("skill_versions").select("created_by").execute();
    expect(accounts).not.toContainEqual({ created_by: null });

    await transaction(core.db, (tx) => revokeToken(core, tx, SYSTEM, id));
    const late = await forge.push(remote, "main:refs/heads/late");
    expect([late.ok, late.output]).toEqual([
      false,
      expect.stringContaining("Authentication failed"),
    ]);
  });
});

describe("a source", () => {
  const statusOf = async (slug: string, token: string | undefined, service: string) => {
    const path = `/git/${slug}.git/info/refs?service=git-${service}-pack`;
    return (await world.ask(path, token === undefined ? {} : { token })).status;
  };

  it("is closed to everybody else: no token 401, another team's 404, a reader's push 403", async () => {
    const stranger = await world.token("other");
    const reader = await world.token("acme", "read");
    expect(await statusOf("acme-skills", undefined, "receive")).toBe(401);
    expect(await statusOf("acme-skills", undefined, "upload")).toBe(401);
    expect(await statusOf("acme-skills", stranger, "receive")).toBe(404);
    expect(await statusOf("acme-skills", stranger, "upload")).toBe(404);
    expect(await statusOf("acme-skills", reader, "receive")).toBe(403);
    expect(await statusOf("acme-skills", reader, "upload")).toBe(200);
    expect(await statusOf("no-such-source", undefined, "receive")).toBe(401);
    expect(await statusOf("no-such-source", stranger, "receive")).toBe(404);
    expect(await statusOf("acme-skills", "x".repeat(40), "receive")).toBe(401);
  });

  it("that is public lets another team's token look and not push: 403", async () => {
    await world.addSource({ slug: "acme-open", team: "acme", visibility: "public" });
    const stranger = await world.token("other");
    expect(await statusOf("acme-open", stranger, "receive")).toBe(403);
    const pushed = await forge.push(world.remote("acme-open", stranger), "main");
    expect([pushed.ok, pushed.output]).toEqual([false, expect.stringContaining("403")]);
  });

  it("that is private is not named where another refuses what came from it", async () => {
    const member = await world.token("acme");
    const pushed = await forge.push(world.remote("acme-open", member), "main", "deploy--v1.0.0");
    expect(pushed.output).toContain("BOUND_ELSEWHERE");
    expect(pushed.output).toContain("from a private source");
    expect(pushed.output).not.toContain("acme-skills");
  });

  it("that is private shows nothing of itself to strangers", async () => {
    const stranger = await world.token("other");
    const paths = [
      "/api/v1/sources/acme-skills",
      "/api/v1/sources/acme-skills/tags",
      "/api/v1/sources/acme-skills/tags/deploy--v1.0.0",
      "/api/v1/skills/acme/deploy",
      "/api/v1/skills/acme/deploy/versions/1.0.0",
      "/api/v1/skills/acme/deploy/versions/1.0.0/archive.tar.gz",
      "/s/acme/deploy/.well-known/agent-skills/index.json",
    ];
    for (const path of paths) {
      expect([path, (await world.ask(path)).status]).toEqual([path, 404]);
      expect([path, (await world.ask(path, { token: stranger })).status]).toEqual([path, 404]);
    }
    for (const path of [
      "/api/v1/skills",
      "/api/v1/sources",
      "/.well-known/agent-skills/index.json",
    ]) {
      expect((await world.ask(path, { token: stranger })).text).not.toContain("deploy");
    }
    const cloned = await forge.git("ls-remote", world.remote("s/acme/deploy", stranger));
    expect(cloned.code).not.toBe(0);
    for (const token of [undefined, stranger]) {
      const log = await forge.git("ls-remote", world.remote("log", token));
      expect(log.code).not.toBe(0);
    }
  });
});
