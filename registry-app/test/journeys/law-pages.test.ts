import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank } from "../../src/control/index.ts";
import { listAudit } from "../../src/audit/index.ts";
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
  world = await createWorld({ gitHosts: "file:" });
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
