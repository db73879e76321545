import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approve } from "../../bin/commands/approve.ts";
import type { Values } from "../../bin/command.ts";
import { encodePrivateKey, formatPublicKey, generateEd25519 } from "../../src/keys/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type Json, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const later = makeSigner("later@example.test");
const YEAR_MS = 365 * 24 * 3_600_000;
const REMEDY = "npx assay approve --import mirror --reason 'WHY IT MAY BE PUBLISHED'";
let world: World;
let forge: Forge;

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  await world.addTeam("acme", ann, bob);
  const time = new Date(Date.now() - YEAR_MS);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") }, { time });
  await forge.tag("deploy--v1.0.0", { signer: ann, time });
  await forge.tag("deploy--v1.0.1", { signer: bob, time });
  await forge.tag("deploy--v1.0.2", { signer: later, time });
  await forge.tag("deploy--v1.0.3", { time });
  await forge.setRef("refs/tags/deploy--v1.0.4", await forge.resolve("refs/heads/main"));
  await forge.setRef("refs/tags/nightly", await forge.resolve("refs/heads/main"));
  const { url } = forge;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const tagOf = (version: string, state?: string) =>
  world.tag("mirror", `deploy--v${version}`, state === undefined ? {} : { state });
const archiveOf = async (version: string) =>
  (await world.ask(`/api/v1/skills/acme/deploy/versions/${version}/archive.tar.gz`)).status;

/** The command as it is run beside the server, on the same home. */
async function run(words: readonly string[], values: Values) {
  const [printed, said]: [Json[], string[]] = [[], []];
  const context = {
    config: world.core.config,
    log: silentLog,
    isJson: true,
    print: (value: object) => void printed.push(value as Json),
    say: (line: string) => void said.push(line),
  };
  const code = await approve.run(context, words, values);
  await world.settled();
  return { code, printed, said: said.join("\n") };
}

describe("the history that a followed source came with", () => {
  it("is held until somebody confirms it, and each tag says by which command", async () => {
    for (const version of ["1.0.0", "1.0.1"]) {
      const row = await tagOf(version, "held");
      expect(row).toMatchObject({ code: "HELD", remedy: REMEDY });
      expect(row["reason"]).toContain("nobody has confirmed that history");
      expect(await archiveOf(version)).toBe(404);
    }
    expect((await world.ask("/api/v1/skills")).json()).toMatchObject({ total: 0 });
  });

  it("lists what is not signed as such, and asks nobody about it", async () => {
    expect(await tagOf("1.0.3")).toMatchObject({ state: "refused", code: "UNSIGNED" });
    expect(await tagOf("1.0.4")).toMatchObject({ state: "refused", code: "LIGHTWEIGHT" });
    const { printed } = await run([], { list: true });
    expect(printed).toEqual([
      expect.objectContaining({ import: "mirror", waiting: 2, signed: 3, unsigned: 3, pending: 0 }),
    ]);
  });

  it("has a digest that anybody can make from git", async () => {
    const { printed } = await run([], { list: true });
    const names = ["deploy--v1.0.0", "deploy--v1.0.1", "deploy--v1.0.2"];
    const lines: string[] = [];
    for (const name of names) lines.push(`${name} ${await forge.resolve(`refs/tags/${name}`)}\n`);
    const digest = createHash("sha256").update(lines.join("")).digest("hex");
    expect(printed[0]).toMatchObject({ digest: `sha256:${digest}` });
  });

  it("is not let through by a word for other tags", async () => {
    const other = `source: mirror\ndigest: sha256:${"0".repeat(64)}\nby: cid@example.test\nreason: no\n`;
    await world.change((files) => new Map([...files, ["imports/other.yaml", Buffer.from(other)]]));
    await world.settled();
    const row = await tagOf("1.0.0", "held");
    expect(row["reason"]).toContain("what was confirmed are not the tags that came with it");
  });

  it("stays held where only its own signer confirmed it; what others signed is published", async () => {
    await world.confirmImport("mirror", "ANN@example.test");
    await tagOf("1.0.1", "published");
    const row = await tagOf("1.0.0", "held");
    expect(row["reason"]).toContain("only ann@example.test, who signed it,");
    expect([await archiveOf("1.0.0"), await archiveOf("1.0.1")]).toEqual([404, 200]);
  });

  it("is published once an approver who did not sign it runs the command, and again changes nothing", async () => {
    const first = await run([], { import: "mirror", reason: "compared with the old registry" });
    expect(first).toMatchObject({ code: 0, printed: [{ import: "mirror", changed: true }] });
    await tagOf("1.0.0", "published");
    expect(await archiveOf("1.0.0")).toBe(200);
    const again = await run([], { import: "mirror", reason: "once more" });
    expect(again).toMatchObject({ code: 0, printed: [{ changed: false }] });
    const { items } = (await world.ask("/api/v1/sources/mirror/tags")).json() as { items: Json[] };
    expect(items.filter(({ state }) => state === "published")).toHaveLength(2);
  });

  it("covers a stranger's tag of it once the stranger may sign, and nothing that is slipped in later", async () => {
    await world.addSigner("acme", later);
    await tagOf("1.0.2", "published");
    const time = new Date(Date.now() - YEAR_MS);
    await forge.tag("deploy--v1.0.5", { signer: ann, time });
    await forge.tag("deploy--v1.0.0", { signer: ann, time, message: "moved" });
    await world.sync("mirror");
    expect(await tagOf("1.0.5")).toMatchObject({ state: "refused", code: "TAGGER_DATE" });
    expect(await tagOf("1.0.0")).toMatchObject({ state: "published", drift: "moved" });
    expect(await archiveOf("1.0.5")).toBe(404);
  });
});

describe("assay approve", () => {
  const version = "acme/deploy@2.0.0";

  beforeAll(async () => {
    const policy = "checks:\n  evals: required\n";
    await world.change((files) => new Map([...files, ["policy.yaml", Buffer.from(policy)]]));
    await forge.commit({ "skills/deploy/more.md": "More.\n" });
    await forge.tag("deploy--v2.0.0", { signer: ann });
    await world.sync("mirror");
    await tagOf("2.0.0", "held");
  });

  it("lists what is held, with the reason and the command that lets it through", async () => {
    const { printed } = await run([], { list: true });
    expect(printed).toEqual([
      expect.objectContaining({
        held: version,
        signerPrincipal: ann.email,
        reasons: ["evals is required by policy and was not run"],
        remedy: `npx assay approve ${version} --reason 'WHY IT MAY BE PUBLISHED'`,
      }),
    ]);
  });

  it("refuses what is not held, a key that is no root's, a root under another's name, and half of a signer", async () => {
    const stranger = keyFile("stranger", generateEd25519());
    const root = join(world.home, "keys", "control_ed25519");
    const rows: [string, Values, RegExp][] = [
      ["acme/deploy@9.9.9", {}, /acme\/deploy@9.9.9 is not held/],
      ["deploy", {}, /"deploy" is not TEAM\/SKILL@VERSION/],
      [version, { key: stranger, as: ann.email }, /is no root's key/],
      [version, { key: root, as: "bob@example.test" }, /is not the key of bob@example.test/],
      [version, { key: root }, /belong together/],
    ];
    for (const [coordinate, values, sentence] of rows)
      await expect(run([coordinate], { reason: "x", ...values })).rejects.toThrow(sentence);
    await expect(run([version], {})).rejects.toThrow(/--reason is missing/);
    await tagOf("2.0.0", "held");
  });

  it("refuses whoever signed the version, by name and by key, and writes nothing", async () => {
    const annsKey = generateEd25519();
    const file = keyFile("ann", annsKey);
    const path = join(world.home, "root.json");
    const pin = JSON.parse(readFileSync(path, "utf8")) as { principals: object[] };
    const publicKey = formatPublicKey(annsKey.publicKey);
    const principals = [...pin.principals, { name: ann.email, publicKey }];
    writeFileSync(path, JSON.stringify({ ...pin, principals }));
    try {
      const own = run([version], { reason: "mine", key: file, as: ann.email });
      await expect(own).rejects.toThrow(/nobody approves their own work/);
      await tagOf("2.0.0", "held");
    } finally {
      writeFileSync(path, JSON.stringify(pin));
    }
  });

  it("publishes what the operator approves, bound to these bytes, and is told twice as if once", async () => {
    const first = await run([version], { reason: "looked at it" });
    expect(first).toMatchObject({ code: 0, printed: [{ approved: version, changed: true }] });
    expect(first.said).toContain("evals is required by policy and was not run");
    await tagOf("2.0.0", "published");
    const rows = await world.database.db
      .selectFrom("audit_log")
      .where("action", "=", "control.change")
      .where("subject", "=", `version:${version}`)
      .select(["actor", "detail"])
      .execute();
    expect(rows).toMatchObject([
      { actor: "control@assay.invalid", detail: { by: "control@assay.invalid" } },
    ]);
    const again = await run([version], { reason: "again" });
    expect(again).toMatchObject({ code: 0, printed: [{ approved: version, changed: false }] });
  });
});

function keyFile(name: string, pair: ReturnType<typeof generateEd25519>): string {
  const path = join(world.home, `${name}.key`);
  writeFileSync(path, encodePrivateKey(pair, name), { mode: 0o600 });
  return path;
}
