import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../world.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { burnDown, type Ashes } from "../rebuilt.ts";
import { ask, createWorld, waitUntil, type World } from "../world.ts";

/** What docs/operating.md takes from a dump: git knows the rest. */
const PEOPLE = ["teams", "users", "team_members", "tokens"] as const;
type Row = Record<string, unknown>;

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
let world: World;
let hosted: Forge;
let followed: Forge;
let ashes: Ashes;
let token: string;
let yesterday: readonly (readonly [(typeof PEOPLE)[number], readonly Row[]])[];

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  hosted = await createForge();
  followed = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  token = await world.token("acme");
  await hosted.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await release("deploy--v1.0.0");
  yesterday = await Promise.all(PEOPLE.map(async (table) => [table, await rowsOf(table)] as const));
  // All of this is younger than the dump: versions, a signer, a refused tag, a source and its tags.
  await hosted.commit({ "skills/deploy/a.md": "A.\n" }, { message: "feat: a" });
  await release("deploy--v1.1.0");
  await world.addSigner("acme", bob);
  const { url } = followed;
  await followed.commit({ "skills/query/SKILL.md": skillMd("query") });
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
  await followed.tag("query--v1.0.0", { signer: bob });
  await followed.tag("query--v1.0.1", {});
  await world.sync("mirror");
  await world.tag("mirror", "query--v1.0.0", { state: "published" });
  await world.settled();
  ashes = await burnDown(world.core);
});
afterAll(async () => {
  await hosted.remove();
  await followed.remove();
  await ashes.remove();
  await world.close();
});

async function release(tag: string): Promise<void> {
  await hosted.tag(tag, { signer: ann });
  await hosted.push(world.remote("acme-skills", token), "main", tag);
  await world.tag("acme-skills", tag, { state: "published" });
}

const rowsOf = async (table: (typeof PEOPLE)[number]) =>
  (await world.database.pool.query(`SELECT * FROM ${table}`)).rows as Row[];

/** Every digest and every byte that the registry of this address gives out. */
async function served(url: string): Promise<Json> {
  const all: Record<string, unknown> = {};
  for (const path of ["deploy/versions/1.0.0", "deploy/versions/1.1.0", "query/versions/1.0.0"]) {
    const at = `/api/v1/skills/acme/${path}`;
    const [json, archive] = [await ask(url, at), await ask(url, `${at}/archive.tar.gz`)];
    all[path] = [json.status, json.text, archive.status, archive.bytes.toString("base64")];
  }
  all["refused"] = (await ask(url, "/api/v1/sources/mirror/tags/query--v1.0.1")).json()["code"];
  return all;
}

describe("yesterday's dump and today's git", () => {
  it("make today's registry: later versions with the same digests and bytes, and yesterday's tokens", async () => {
    const before = await served(world.url);
    expect(before["refused"]).toBe("UNSIGNED");
    for (const [table, rows] of yesterday)
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map((_, at) => `$${at + 1}`).join(", ");
        const names = columns.map((name) => `"${name}"`).join(", ");
        const text = `INSERT INTO ${table} (${names}) VALUES (${places})`;
        await ashes.database.pool.query(text, Object.values(row));
      }
    const rebuilt = await ashes.rebuild(async (_core, done) => done);
    expect(rebuilt).toBeDefined();
    const again = await ashes.start();
    try {
      const isBack = async () => (await ask(again.url, "/api/v1/skills/acme/query")).status === 200;
      await waitUntil("it answers", isBack);
      expect(await served(again.url)).toEqual(before);
      const remote = `${again.url.replace("://", `://any:${token}@`)}/git/acme-skills.git`;
      await hosted.commit({ "skills/deploy/b.md": "B.\n" }, { message: "feat: b" });
      await hosted.tag("deploy--v1.2.0", { signer: ann });
      expect((await hosted.push(remote, "main", "deploy--v1.2.0")).ok).toBe(true);
      const isOut = async () => {
        const path = "/api/v1/skills/acme/deploy/versions/1.2.0";
        const answer = await ask(again.url, path);
        return answer.status === 200 && answer.json()["state"] === "published";
      };
      await waitUntil("what is pushed next is published", isOut);
    } finally {
      await again.stop();
    }
  });
});
