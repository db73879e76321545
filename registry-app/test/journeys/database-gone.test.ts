import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layCable, type Cable } from "../cable.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
let world: World;
let forge: Forge;
let cable: Cable;
let scratch: string;
let remote: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-gone-"));
  world = await createWorld({
    databaseUrl: async (url) => {
      cable = await layCable(url);
      return cable.url;
    },
    toleratesErrors: true,
  });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await forge.push(remote, "main", "deploy--v1.0.0");
  await world.tag("acme-skills", "deploy--v1.0.0", { state: "published" });
  await world.settled();
});
afterAll(async () => {
  await forge.remove();
  await rm(scratch, { recursive: true, force: true });
  await world.close();
  await cable.cut();
});

describe("while Postgres is gone", () => {
  it("public JSON, archives and clones of a public store still answer", async () => {
    await cable.cut();
    const paths = [
      "/healthz",
      "/api/v1/skills/acme/deploy",
      "/api/v1/skills/acme/deploy/versions/1.0.0",
      "/api/v1/skills/acme/deploy/versions/1.0.0/archive.tar.gz",
      "/api/v1/skills/acme/deploy/versions/1.0.0/archive.zip",
      "/s/acme/deploy/.well-known/agent-skills/index.json",
      "/s/acme/deploy@1.0.0/.well-known/agent-skills/index.json",
    ];
    for (const path of paths) expect([path, (await world.ask(path)).status]).toEqual([path, 200]);
    const cloned = await run(scratch, ["clone", "-q", world.remote("s/acme/deploy"), "store"]);
    expect(cloned).toMatchObject({ code: 0, stderr: "" });
    const log = await run(scratch, ["clone", "-q", world.remote("log"), "log"]);
    expect(log).toMatchObject({ code: 0, stderr: "" });
  });

  it("what needs it says so within seconds: 503 with a problem, and a push is turned away whole", async () => {
    const asked = Date.now();
    expect((await world.ask("/readyz")).status).toBe(503);
    const list = await world.ask("/api/v1/skills");
    expect([list.status, list.headers["content-type"]]).toEqual([
      503,
      expect.stringContaining("application/problem+json"),
    ]);
    await forge.tag("deploy--v1.0.1", { signer: ann });
    expect((await forge.push(remote, "deploy--v1.0.1")).ok).toBe(false);
    expect(Date.now() - asked).toBeLessThan(20_000);
  });

  it("nothing is lost: once it is back the same push is published", async () => {
    await cable.mend();
    await waitUntil(
      "the registry is ready",
      async () => (await world.ask("/readyz")).status === 200,
    );
    expect((await forge.push(remote, "deploy--v1.0.1")).ok).toBe(true);
    await world.tag("acme-skills", "deploy--v1.0.1", { state: "published" });
  });
});
