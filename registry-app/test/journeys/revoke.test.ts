import { existsSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revoke } from "../../bin/commands/revoke.ts";
import type { Values } from "../../bin/command.ts";
import { finishRevocations } from "../../bin/compose/revoke.ts";
import { revokeLocally } from "../../src/control/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { createWorld, type Json, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const cid = makeSigner("cid@example.test");
let world: World;
let forge: Forge;
let remote: string;
let between: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann, bob, cid);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await publish("deploy--v1.0.0");
  between = new Date().toISOString();
  await publish("deploy--v1.1.0");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

async function publish(tag: string, signer = ann): Promise<void> {
  await forge.tag(tag, { signer });
  expect((await forge.push(remote, "main", tag)).ok).toBe(true);
  await world.tag("acme-skills", tag, { state: "published" });
  await world.settled();
}

async function run(values: Values, words: readonly string[] = []) {
  const printed: Json[] = [];
  const context = {
    config: world.core.config,
    log: silentLog,
    isJson: true,
    print: (value: object) => void printed.push(value as Json),
    say: () => undefined,
  };
  const code = await revoke.run(context, words, { reason: "laptop lost", ...values });
  return { code, printed };
}

const archiveOf = async (version: string) =>
  (await world.ask(`/api/v1/skills/acme/deploy/versions/${version}/archive.tar.gz`)).status;
const localFile = () => join(world.home, "revoked-now.yaml");
const committed = async () => (await world.core.control.current()).snapshot.revoked;
const audited = async (action: string) =>
  world.database.db.selectFrom("audit_log").where("action", "=", action).selectAll().execute();

describe("revoke --now", () => {
  it("has withdrawn what the key reaches when it ends, and says which versions those are", async () => {
    const wish = { now: true, key: fingerprintOf(ann), "compromised-since": between };
    const { code, printed } = await run(wish);
    expect([await archiveOf("1.0.0"), await archiveOf("1.1.0")]).toEqual([200, 404]);
    expect([code, printed]).toEqual([
      0,
      [
        { version: "acme/deploy@1.1.0", state: "quarantined" },
        expect.objectContaining({ revoked: fingerprintOf(ann), changed: true }),
      ],
    ]);
    expect((await committed()).has(fingerprintOf(ann))).toBe(true);
    expect(existsSync(localFile())).toBe(false);
    expect(await audited("revocation.now")).toHaveLength(1);
    await forge.tag("deploy--v1.2.0", { signer: ann });
    expect((await forge.push(remote, "deploy--v1.2.0")).said("deploy--v1.2.0")).toContain(
      "KEY_REVOKED",
    );
    await world.settled();
  });

  it("given again changes nothing, neither served bytes nor the law", async () => {
    const { commit } = await world.core.control.current();
    const wish = { now: true, key: fingerprintOf(ann), "compromised-since": between };
    const { printed } = await run(wish);
    expect(printed).toEqual([
      { version: "acme/deploy@1.1.0", state: "quarantined" },
      expect.objectContaining({ changed: false }),
    ]);
    expect((await world.core.control.current()).commit).toBe(commit);
    expect([await archiveOf("1.0.0"), await archiveOf("1.1.0")]).toEqual([200, 404]);
    await world.settled();
  });

  it("is in force though the control repo cannot be written, and becomes law when it can", async () => {
    await publish("deploy--v2.0.0", bob);
    const since = new Date(Date.now() - 60_000).toISOString();
    const wish = { now: true, key: fingerprintOf(bob), "compromised-since": since };
    // Another writer's lock on the branch is what a crash of that writer leaves.
    const lock = join(world.core.paths.control, "refs", "heads", "main.lock");
    await writeFile(lock, "");
    await expect(run(wish)).rejects.toThrow(/main/);
    expect(await archiveOf("2.0.0")).toBe(404);
    expect((await committed()).has(fingerprintOf(bob))).toBe(false);
    expect(statSync(localFile()).mode & 0o777).toBe(0o600);
    await forge.tag("deploy--v2.1.0", { signer: bob });
    expect((await forge.push(remote, "deploy--v2.1.0")).ok).toBe(false);
    await rename(lock, `${lock}.gone`);
    // As a worker does when it starts.
    await finishRevocations(world.core);
    expect((await committed()).has(fingerprintOf(bob))).toBe(true);
    expect(existsSync(localFile())).toBe(false);
    await world.settled();
    expect(await archiveOf("2.0.0")).toBe(404);
    const standings = await world.database.db
      .selectFrom("log_entries")
      .where("key", "like", "standing:%")
      .select("line")
      .execute();
    expect(standings.filter(({ line }) => line.includes("2.0.0"))).toHaveLength(1);
  });

  it("that was cut off right after it acted still holds, and the next one finishes it", async () => {
    await publish("deploy--v3.0.0", cid);
    const since = new Date(Date.now() - 60_000).toISOString();
    const fields = { principal: cid.email, kind: "compromised", since, reason: "stolen" };
    await revokeLocally(world.home, { list: "principals", fields });
    await forge.tag("deploy--v3.1.0", { signer: cid });
    expect((await forge.push(remote, "deploy--v3.1.0")).said("deploy--v3.1.0")).toContain(
      "KEY_REVOKED",
    );
    await world.settled();
    expect(await archiveOf("3.0.0")).toBe(404);
    await run({ now: true, key: fingerprintOf(cid), superseded: true });
    const law = await committed();
    expect([law.has(`principal ${cid.email}`), law.has(fingerprintOf(cid))]).toEqual([true, true]);
    expect(existsSync(localFile())).toBe(false);
    await world.settled();
  });
});

describe("revoke", () => {
  it("without --now leaves it to the control repo, for a certificate too", async () => {
    const authority = `SHA256:${"A".repeat(43)}`;
    await run({ serial: `${authority}:42`, superseded: true });
    await run({ "key-id": `${authority}:ann@host:1`, superseded: true });
    const law = await committed();
    expect(law.has(`${authority} serial 42`)).toBe(true);
    expect(law.has(`${authority} key-id ann@host:1`)).toBe(true);
    expect(await audited("revocation.now")).toHaveLength(4);
    await world.settled();
  });

  it.each<[Values, RegExp]>([
    [{ superseded: true }, /Name one of --key/],
    [{ key: "SHA256:x", principal: "a@b.c", superseded: true }, /Name one of --key/],
    [{ principal: "a@b.c" }, /Say either --superseded/],
    [{ principal: "a@b.c", superseded: true, "compromised-since": "x" }, /Say either/],
    [{ key: "SHA256:x", superseded: true }, /fingerprint/],
    [{ serial: "42", superseded: true }, /Write it as --serial SHA256/],
    [{ principal: "a@b.c", "compromised-since": "yesterday" }, /must be a time/],
  ])("refuses %j with a sentence", async (values, sentence) => {
    await expect(run(values)).rejects.toThrow(sentence);
    await expect(run({ ...values, now: true })).rejects.toThrow(sentence);
    expect(existsSync(localFile())).toBe(false);
  });
});
