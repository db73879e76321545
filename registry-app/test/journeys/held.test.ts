import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideVersion } from "../../src/queue/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const TAG = "deploy--v1.0.0";
const VERSION = "/api/v1/skills/acme/deploy/versions/1.0.0";
let world: World;
let forge: Forge;
let token: string;
let versionId: string;
let digest: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  const policy = "checks:\n  signature: required\n  validation: required\n  evals: required\n";
  await putLaw("policy.yaml", policy);
  token = await world.token("acme");
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag(TAG, { signer: ann });
  await forge.push(world.remote("acme-skills", token), "main", TAG);
  await world.tag("acme-skills", TAG, { state: "held" });
  const row = await world.database.db
    .selectFrom("skill_versions")
    .select(["id", "digest"])
    .executeTakeFirstOrThrow();
  versionId = row.id;
  digest = row.digest;
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const putLaw = (path: string, text: string) =>
  world.change((files) => new Map([...files, [path, Buffer.from(text)]]));

async function approve(file: string, by: string, approvedDigest = digest): Promise<unknown> {
  const approval = { skill: "acme/deploy", version: "1.0.0", digest: approvedDigest, by };
  const lines = Object.entries(approval).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}\n`,
  );
  await putLaw(`approvals/${file}.yaml`, lines.join(""));
  await world.core.queue.enqueue(world.core.db, decideVersion, { versionId });
  await world.settled();
  return (await world.tag("acme-skills", TAG))["state"];
}

describe("a version whose policy asks for what did not run", () => {
  it("is held, says how it is let through, and is not served", async () => {
    expect(await world.tag("acme-skills", TAG)).toMatchObject({
      state: "held",
      code: "HELD",
      remedy: expect.stringContaining("npx assay approve acme/deploy@1.0.0"),
    });
    expect((await world.ask(`${VERSION}/archive.tar.gz`)).status).toBe(404);
    expect((await forge.git("ls-remote", world.remote("s/acme/deploy"))).stdout.toString()).toBe(
      "",
    );
    expect((await world.ask("/api/v1/skills")).json()).toMatchObject({ total: 0 });
  });

  it("stays held when its own signer approves it, or somebody approves other bytes", async () => {
    expect(await approve("own", ann.email)).toBe("held");
    expect(await approve("own-again", "ANN@EXAMPLE.TEST")).toBe("held");
    expect(await approve("other", "bob@example.test", `sha256:${"0".repeat(64)}`)).toBe("held");
  });

  it("is published once somebody else approves these bytes", async () => {
    expect(await approve("good", "bob@example.test")).toBe("published");
    expect((await world.ask(`${VERSION}/archive.tar.gz`)).status).toBe(200);
  });
});
