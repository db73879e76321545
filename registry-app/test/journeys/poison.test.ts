import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
let world: World;
let forge: Forge;
let remote: string;

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/good/SKILL.md": skillMd("good") });
  await forge.push(remote, "main");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

let count = 0;
/** What becomes of a good tag that is pushed now: a source is poisoned when nothing later gets through. */
async function stateOfNext(): Promise<unknown> {
  count += 1;
  const tag = `good--v1.0.${count}`;
  await forge.tag(tag, { signer: ann });
  const pushed = await forge.push(remote, "main", tag);
  expect(pushed.said(`acme/good 1.0.${count}`)).toContain("accepted");
  return (await world.tag("acme-skills", tag))["state"];
}

/** Text that YAML lets one write and that a database may not take. */
const FIELDS: readonly [string, string][] = [
  ["a NUL in the description", String.raw`description: "Use when a\0b asks for it"`],
  [
    "a NUL deep in metadata",
    String.raw`description: Use when asked.
metadata:
  a: "x\0y"
  "k\0": z`,
  ],
  ["half a surrogate pair", String.raw`description: "Use when asked \uD800 for it"`],
  [
    "half a surrogate pair in a key",
    String.raw`description: Use when asked.
metadata:
  "\uDC00": z`,
  ],
  [
    "keys of every object",
    `description: Use when asked.
metadata:
  __proto__: "x"
  constructor: "y"
  toString: "z"`,
  ],
  [
    "numbers that are none",
    `description: Use when asked.
metadata:
  a: .nan
  b: .inf
  c: 1e999
  d: 123456789012345678901234567890`,
  ],
  ["no character at all", `description: "\u200B\u200B"`],
];

describe("one bad tag never stops a source", () => {
  it.each(FIELDS)("frontmatter with %s", async (_what, fields) => {
    count += 1;
    const name = `odd-${count}`;
    const text = `---\nname: ${name}\n${fields}\n---\n\n# It\n\nDo it.\n`;
    await forge.commit({ [`skills/${name}/SKILL.md`]: text });
    await forge.tag(`${name}--v1.0.0`, { signer: ann });
    const pushed = await forge.push(remote, "main", `${name}--v1.0.0`);
    const row = await world.tag("acme-skills", `${name}--v1.0.0`);
    const verdict = row["state"] === "published" ? "accepted" : "INVALID_SKILL";
    expect(pushed.output).toContain(verdict);
    expect(await stateOfNext()).toBe("published");
  });

  it.each([
    ["the year 12,000", "316550000000 +0000"],
    ["a time that no calendar has", "99999999999999 +0000"],
    ["a zone that is none", "1700000000 +9999"],
    ["the first second", "0 +0000"],
  ])("a commit of %s", async (_what, when) => {
    const main = await forge.resolve("main");
    const tree = await forge.resolve("main^{tree}");
    const text = `tree ${tree}\nparent ${main}\nauthor A <a@example.test> ${when}\ncommitter A <a@example.test> ${when}\n\nfeat: at an odd time\n`;
    await forge.setRef("refs/heads/main", await forge.rawCommit(text));
    const pushed = await forge.push(remote, "main");
    if (!pushed.ok) await forge.setRef("refs/heads/main", main);
    expect(await stateOfNext()).toBe("published");
  });

  it.each([
    ["bytes that are no text", Buffer.from("feat: \xFF\xFE\xC3(\n", "latin1")],
    ["a message without end", Buffer.from(`feat: ${"long ".repeat(400_000)}\n`)],
    ["no message", Buffer.from("")],
  ])("a commit whose message is %s", async (_what, message) => {
    const [main, tree] = [await forge.resolve("main"), await forge.resolve("main^{tree}")];
    const who = "A <a@example.test> 1700000000 +0000";
    const head = `tree ${tree}\nparent ${main}\nauthor ${who}\ncommitter ${who}\n\n`;
    const oid = await forge.rawCommit(Buffer.concat([Buffer.from(head), message]));
    await forge.setRef("refs/heads/main", oid);
    await forge.push(remote, "main");
    expect(await stateOfNext()).toBe("published");
  });

  it("tags of a followed source whose names are anything that git allows", async () => {
    const names = [
      "déploy--v1.0.0",
      "good--v1.0.0'; DROP TABLE tags; --",
      'a"b$(id)`id`--v1.0.0',
      "深--v1.0.0",
      `good--v${"9".repeat(180)}.0.0`,
      "x".repeat(200),
    ];
    const far = await createForge();
    try {
      await far.commit({ "skills/far/SKILL.md": skillMd("far") });
      const oid = await far.resolve("main");
      for (const name of names) {
        const safe = name.replaceAll(" ", "_");
        await far.git("update-ref", `refs/tags/${safe}`, oid);
      }
      await far.git(
        "update-ref",
        Buffer.from("refs/tags/\xFF--v1.0.0", "latin1").toString("latin1"),
        oid,
      );
      await far.tag("far--v1.0.0", { signer: ann });
      await world.addSource({ slug: "far", team: "acme", visibility: "public", url: far.url });
      await world.sync("far");
      await world.confirmImport("far");
      await world.tag("far", "far--v1.0.0", { state: "published" });
      const { items } = (await world.ask("/api/v1/sources/far/tags?size=50")).json() as {
        items: { state: string }[];
      };
      expect(items.length).toBeGreaterThan(names.length);
      expect(items.filter(({ state }) => state === "published")).toHaveLength(1);
    } finally {
      await far.remove();
    }
  });
});
