import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank } from "../../src/control/index.ts";
import { listAudit } from "../../src/audit/index.ts";
import { commitFiles, updateRefs } from "../../src/git/index.ts";
import { makeAdminToken } from "../admin-token.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const eve = makeSigner("eve@hush.test");
let world: World;
let forge: Forge;
type Entry = {
  readonly signedBy: readonly string[];
  readonly changes: readonly { readonly says: string }[];
  readonly applied: {
    readonly versions: readonly object[];
    readonly reopenedTags: number | null;
  } | null;
};

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:", toleratesErrors: true });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addTeam("hush", eve);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  const { url } = forge;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.addSource({ slug: "quiet", team: "hush" });
  await world.sync("mirror");
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await forge.tag("deploy--v1.1.0", { signer: bob });
  await world.sync("mirror");
  await world.tag("mirror", "deploy--v1.0.0", { state: "published" });
  await world.change((files) =>
    addYank(files, { skill: "acme/deploy", version: "1.0.0", reason: "bad" }),
  );
  await world.settled();
  await world.addSigner("acme", bob);
  await world.settled();
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const history = async (token?: string) => {
  const answer = await world.ask(
    "/api/v1/law/history?size=50",
    token === undefined ? {} : { token },
  );
  expect(answer.status).toBe(200);
  return { items: answer.json()["items"] as readonly Entry[], text: answer.text };
};
const says = (items: readonly Entry[]) =>
  items.flatMap(({ changes }) => changes.map((one) => one.says));

describe("the law as anybody may read it", () => {
  it("names roots, policy, teams, sources and signers in force, and nothing of a private source", async () => {
    const answer = await world.ask("/api/v1/law");
    expect(answer.json()).toMatchObject({
      state: "in force",
      alarm: null,
      roots: { version: 1, threshold: 1, principals: [{ name: "assay" }] },
      sources: [{ slug: "mirror", team: "acme" }],
      teams: [{ slug: "acme", signers: [ann.email, bob.email] }],
      yanks: [{ skill: "acme/deploy", version: "1.0.0" }],
    });
    expect(answer.text).not.toMatch(/hush|quiet|eve@/);
    const { text } = await history();
    expect(text).not.toMatch(/hush|quiet|eve@/);
  });

  it("shows its team's private part to a member", async () => {
    const token = await world.token("hush", "read");
    const answer = await world.ask("/api/v1/law", { token });
    expect(answer.text).toMatch(/quiet/);
    expect(says((await history(token)).items)).toContain(
      "source: quiet added (of team hush, private, hosted here)",
    );
  });

  it("tells in words what each law altered and who signed it, newest first", async () => {
    const { items } = await history();
    expect(items[0]?.signedBy).toEqual(["assay"]);
    expect(items[0]?.changes.map((one) => one.says)).toEqual([
      `team: acme: signer ${bob.email} added`,
      expect.stringMatching(/^trust: key SHA256:\S+ for bob@example\.test added/),
    ]);
    expect(says(items)).toContain("yank: acme/deploy@1.0.0 added (bad)");
  });

  it("tells which versions a law changed and, in the audit log, how many tags it opened again", async () => {
    const { items } = await history();
    const yank = items.find(({ changes }) => changes.some((one) => one.says.startsWith("yank:")));
    expect(yank?.applied).toMatchObject({
      changedVersions: 1,
      versions: [{ coordinate: "acme/deploy@1.0.0", standing: "yanked", reason: "bad" }],
      reopenedTags: null,
    });
    const { digest } = await world.core.law();
    const [entry] = await listAudit(world.core.db, { subject: `law:${digest}` });
    expect(entry).toMatchObject({ action: "law.apply", detail: { reopenedTags: 1 } });
  });
});

it("an alarm of the law stands in the metrics, on the API without what is private, and in the log", async () => {
  const admin = await makeAdminToken(world.core, "read");
  const measured = async () => (await world.ask("/metrics", { token: admin })).text;
  expect(await measured()).toMatch(/^assay_law_alarm 0$/m);
  const { core } = world;
  const { author } = core.operator;
  const changes = new Map([["sources/quiet.yaml", "team: hush\nhosted: perhaps\n"]]);
  const time = core.clock.now();
  const message = "unsigned\n";
  const before = await core.readers.info(core.paths.control, "refs/heads/main");
  if (before.kind === "missing") throw new Error("no main");
  await commitFiles(core.readers, core.paths.control, {
    branch: "main",
    changes,
    author,
    time,
    message,
  });
  expect(await measured()).toMatch(/^assay_law_alarm 1$/m);
  const told = await world.ask("/api/v1/law");
  expect(told.json()).toMatchObject({
    state: "refused",
    alarm: expect.stringContaining("not in force"),
  });
  expect(told.text).not.toMatch(/hush|quiet/);
  const toAdmin = await world.ask("/api/v1/law", { token: admin });
  expect(toAdmin.json()["alarm"]).toMatch(/does not count: it is not signed/);
  await updateRefs(core.paths.control, [{ ref: "refs/heads/main", newOid: before.oid }]);
  expect(await measured()).toMatch(/^assay_law_alarm 0$/m);
});
