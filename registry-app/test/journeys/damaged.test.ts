import { createHash } from "node:crypto";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPatrol, type Patrol } from "../../src/jobs/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type Json, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const AT = "/api/v1/skills/acme/deploy";
const VERSION = `${AT}/versions/1.0.0`;
const PUBLIC = [`${AT.slice(1)}/skill.json`, `${VERSION.slice(1)}.json`];
const PROOF = `${AT.slice(1)}/evidence/1.0.0.json`;
let world: World;
let forge: Forge;
let patrol: Patrol;

beforeAll(async () => {
  // An answer that breaks off is told as an error.
  world = await createWorld({ toleratesErrors: true });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "skills", team: "acme", visibility: "public" });
  const remote = world.remote("skills", await world.token("acme"));
  for (const version of ["1.0.0", "1.0.1"]) {
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", `${version}\n`) });
    await forge.tag(`deploy--v${version}`, { signer: ann });
    await forge.push(remote, "main", `refs/tags/deploy--v${version}`);
    await world.tag("skills", `deploy--v${version}`, { state: "published" });
  }
  await world.settled();
  patrol = startPatrol({ ...world.core, gitHome: world.core.paths.git }, 3_600_000);
}, 60_000);
afterAll(async () => {
  await patrol.stop();
  await world.close();
  await forge.remove();
});

const archives = async () =>
  ((await world.ask(VERSION)).json()["archives"] as Json[]).map(({ sha256 }) => String(sha256));
const tarOf = async () => {
  const { db } = world.database;
  const row = db.selectFrom("skill_versions").where("version", "=", "1.0.0").select("tar_sha256");
  return (await row.executeTakeFirstOrThrow()).tar_sha256;
};
const blob = (sha256: string) => join(world.core.paths.blobs, sha256.slice(0, 2), sha256);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
/** One bit, the size kept, as a disk does it. */
async function flip(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const changed = Buffer.from(bytes);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, changed);
  return bytes;
}
const named = () =>
  world.log.flatMap((line) =>
    line["msg"] === "published files are not what they should be and are made anew"
      ? (line["files"] as string[])
      : [],
  );
const patrolled = async () => {
  const before = named().length;
  await patrol.step();
  await world.settled();
  // Each version of a skill may name what both have.
  return [...new Set(named().slice(before))];
};

describe("what is published and damaged on the disk", () => {
  it("is not there: nothing is named as long as all is as it was put there", async () => {
    expect(await patrolled()).toEqual([]);
  });

  it("is never served whole as an archive: the answer breaks off before its end", async () => {
    for (const [at, format] of ["tar.gz", "zip"].entries()) {
      const wanted = (await archives())[at] ?? "";
      const path = blob(wanted);
      const before = await flip(path);
      const got = await world.ask(`${VERSION}/archive.${format}`).catch(() => undefined);
      expect(got?.status === 200 && got.bytes.length === before.length).toBe(false);
      await writeFile(path, before);
      expect(sha256((await world.ask(`${VERSION}/archive.${format}`)).bytes)).toBe(wanted);
    }
  });

  it("is found by the patrol, named, and made anew: archives, the tar behind them, JSON and proof, byte for byte", async () => {
    const paths = [
      ...[...(await archives()), await tarOf()].map(blob),
      ...[...PUBLIC, PROOF].map((path) => join(world.core.paths.publicFiles, path)),
    ];
    for (const path of paths) {
      const before = await flip(path);
      const isMended = async () => {
        const bytes = await readFile(path).catch(() => undefined);
        return bytes?.equals(before) === true;
      };
      const [found = "", ...more] = await patrolled();
      expect([path.endsWith(found.replace("blobs/", "")), more]).toEqual([true, []]);
      await waitUntil(`${path} is mended`, isMended);
      await world.settled();
      await rm(path);
      expect(await patrolled()).toEqual([found]);
      await waitUntil(`${path} is there again`, isMended);
      await world.settled();
    }
    expect(await patrolled()).toEqual([]);
  });

  it("is found in a consumers' store as well, and git gives none of it to who clones", async () => {
    const store = join(world.core.paths.git, "published", "acme", "deploy.git");
    const files = await readdir(join(store, "objects"), { recursive: true, withFileTypes: true });
    const objects = files.filter((one) => one.isFile() && /^[0-9a-f]{38}$|\.pack$/.test(one.name));
    const [object] = objects.map((one) => join(one.parentPath, one.name));
    if (object === undefined) throw new Error("no object");
    const before = await flip(object);
    const clone = await forge.git("clone", "-q", "--mirror", world.remote("s/acme/deploy"), "copy");
    const checked = clone.code === 0 ? await forge.git("-C", "copy", "fsck", "--strict") : clone;
    expect(checked.code).not.toBe(0);
    expect(await patrolled()).toContain(store);
    await writeFile(object, before);
    const whole = await forge.git(
      "clone",
      "-q",
      "--mirror",
      world.remote("s/acme/deploy"),
      "whole",
    );
    expect(whole).toMatchObject({ code: 0 });
    expect(await patrolled()).toEqual([]);
    // A store that somebody took away is made anew from the archives.
    await rm(store, { recursive: true });
    expect(await patrolled()).toEqual([store]);
    await waitUntil("nothing is damaged", async () => (await patrolled()).length === 0);
    const again = await forge.git(
      "clone",
      "-q",
      "--mirror",
      world.remote("s/acme/deploy"),
      "again",
    );
    expect(again).toMatchObject({ code: 0 });
  });
});
