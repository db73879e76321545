import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMasterSecret } from "../../bin/compose/master-secret.ts";
import { deriveHookSecret } from "../../src/sources/index.ts";
import type { ControlFiles } from "../../src/control/index.ts";
import { decideVersion } from "../../src/queue/index.ts";
import { layCable, type Cable } from "../cable.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const eve = makeSigner("eve@example.test");
let world: World;
let hosted: Forge;
let followed: Forge;
let cable: Cable;
let remote: string;

beforeAll(async () => {
  world = await createWorld({
    gitHosts: "file:",
    databaseUrl: async (url) => {
      cable = await layCable(url);
      return cable.url;
    },
    toleratesErrors: true,
  });
  hosted = await createForge();
  followed = await createForge();
  await world.addTeam("acme", ann, bob);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await hosted.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await hosted.tag("deploy--v1.0.0", { signer: ann });
  await hosted.push(remote, "main", "deploy--v1.0.0");
  await world.tag("acme-skills", "deploy--v1.0.0", { state: "published" });
  await followed.commit({ "skills/query/SKILL.md": skillMd("query") });
  const { url } = followed;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
  await world.settled();
});
afterAll(async () => {
  await hosted.remove();
  await followed.remove();
  await world.close();
  await cable.cut();
});

const putLaw = (path: string, text: string) =>
  world.change((files: ControlFiles) => new Map([...files, [path, Buffer.from(text)]]));
const stateOf = async (name: string) => (await world.tag("mirror", name))["state"];

async function hook(id: string, event: object): Promise<number> {
  const body = JSON.stringify(event);
  const secret = deriveHookSecret(
    await readMasterSecret(world.core.config.secretFile),
    "mirror",
    0,
  );
  const headers = {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  const path = "/hooks/mirror";
  return (await world.ask(path, { method: "POST", headers, body })).status;
}

describe("webhooks", () => {
  it("that come twice, in the wrong order, or for tags long gone end in what git holds", async () => {
    for (const minor of [0, 1, 2, 3, 4]) {
      await followed.commit({ "skills/query/n.md": `${minor}\n` });
      await followed.tag(`query--v1.${minor}.0`, { signer: ann });
    }
    const created = { ref: "query--v1.0.0", ref_type: "tag" };
    // The deletion of a tag that is there, the making of one that never was, and each again, all at once.
    const told = [
      ["a", { ...created, deleted: true }],
      ["b", created],
      ["c", { ref: "query--v9.9.9", ref_type: "tag" }],
    ] as const;
    const answers = await Promise.all(
      [...told, ...told, ...told.toReversed()].map(([id, event]) => hook(id, event)),
    );
    expect(new Set(answers)).toEqual(new Set([202]));
    await world.settled();
    // Five tags, and no event for four of them.
    for (const minor of [0, 1, 2, 3, 4])
      expect(await stateOf(`query--v1.${minor}.0`)).toBe("published");
    expect((await world.ask("/api/v1/sources/mirror/tags/query--v9.9.9")).status).toBe(404);
    const rows = await world.database.db
      .selectFrom("skill_versions")
      .where("tag_name", "like", "query--%")
      .select("version")
      .execute();
    expect(rows).toHaveLength(5);
  });

  it("leave no byte of what they say in the log, refused or not", async () => {
    const secret = "payload-that-nobody-logs";
    expect(await hook("d", { secret })).toBe(202);
    const forged = { method: "POST", body: JSON.stringify({ secret: `${secret}-forged` }) };
    expect((await world.ask("/hooks/mirror", forged)).status).toBe(401);
    expect(JSON.stringify(world.log)).not.toContain(secret);
  });
});

describe("trust", () => {
  it("that the tagged commit brings along vouches for nobody: UNKNOWN_SIGNER", async () => {
    const own = `${eve.email} ${eve.publicKey.split(" ").slice(0, 2).join(" ")}\n`;
    await hosted.commit({
      "trust/allowed_signers": own,
      ".assay.yaml": "signers: [eve@example.test]\n",
      "teams/acme.yaml": "name: Acme\nsigners: [eve@example.test]\n",
      "skills/deploy/trust/allowed_signers": own,
    });
    await hosted.tag("deploy--v1.1.0", { signer: eve });
    const pushed = await hosted.push(remote, "main", "deploy--v1.1.0");
    expect(pushed.said("deploy--v1.1.0")).toContain("UNKNOWN_SIGNER");
    expect(await world.tag("acme-skills", "deploy--v1.1.0")).toMatchObject({ state: "refused" });
  });
});

describe("Postgres that takes everything and answers nothing", () => {
  it("lets public reads go on, turns a push away whole within seconds, and loses nothing", async () => {
    await hosted.tag("deploy--v1.2.0", { signer: ann });
    cable.stall();
    const asked = Date.now();
    const version = "/api/v1/skills/acme/deploy/versions/1.0.0";
    for (const path of [version, `${version}/archive.tar.gz`])
      expect([path, (await world.ask(path)).status]).toEqual([path, 200]);
    expect((await world.ask("/api/v1/skills")).status).toBe(503);
    expect((await hosted.push(remote, "deploy--v1.2.0")).ok).toBe(false);
    expect(Date.now() - asked).toBeLessThan(30_000);
    cable.flow();
    await waitUntil("it answers again", async () => (await world.ask("/readyz")).status === 200);
    await waitUntil(
      "the same push is taken",
      async () => (await hosted.push(remote, "deploy--v1.2.0")).ok,
    );
    await world.tag("acme-skills", "deploy--v1.2.0", { state: "published" });
  });

  it("that is slow changes nothing but the time", async () => {
    cable.slow(15);
    await hosted.tag("deploy--v1.3.0", { signer: ann });
    expect((await hosted.push(remote, "deploy--v1.3.0")).ok).toBe(true);
    await world.tag("acme-skills", "deploy--v1.3.0", { state: "published" });
    cable.flow();
  });
});

describe("a key that is compromised while its version is judged", () => {
  it("refuses the version when it is decided, whoever approved it meanwhile", async () => {
    await world.settled();
    await putLaw("policy.yaml", "checks:\n  signature: required\n  evals: required\n");
    await world.settled();
    await hosted.commit({ "skills/deploy/n.md": "Held.\n" });
    await hosted.tag("deploy--v2.0.0", { signer: bob });
    await hosted.push(remote, "main", "deploy--v2.0.0");
    await world.tag("acme-skills", "deploy--v2.0.0", { state: "held" });
    const row = await world.database.db
      .selectFrom("skill_versions")
      .where("tag_name", "=", "deploy--v2.0.0")
      .select(["id", "digest"])
      .executeTakeFirstOrThrow();
    const approval = { skill: "acme/deploy", version: "2.0.0", digest: row.digest, by: ann.email };
    const lines = Object.entries(approval).map(
      ([key, value]) => `${key}: ${JSON.stringify(value)}\n`,
    );
    const revoked = `keys:\n  - fingerprint: ${fingerprintOf(bob)}\n    reason: stolen\n    since: 2020-01-01T00:00:00Z\n`;
    await world.change(
      (files) =>
        new Map([
          ...files,
          ["approvals/late.yaml", Buffer.from(lines.join(""))],
          ["trust/revoked.yaml", Buffer.from(revoked)],
        ]),
    );
    await world.core.queue.enqueue(world.core.db, decideVersion, { versionId: row.id });
    await world.settled();
    const tag = await world.tag("acme-skills", "deploy--v2.0.0", { state: "refused" });
    expect(tag).toMatchObject({ code: "KEY_REVOKED" });
    const archive = "/api/v1/skills/acme/deploy/versions/2.0.0/archive.zip";
    expect((await world.ask(archive)).status).toBe(404);
  });
});
