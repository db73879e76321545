import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMasterSecret } from "../../bin/compose/master-secret.ts";
import type { TreeItem } from "../../src/git/index.ts";
import { deriveHookSecret } from "../../src/sources/index.ts";
import { createForge, skillMd, type Content, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const FILE = "100644";
let world: World;
let forge: Forge;
let remote: string;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "README.md": "# Skills\n" });
  await forge.push(remote, "main");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

/** What must not reach a terminal, but for the end of a line and git's own way of clearing one. */
function unprintableIn(text: string): string[] {
  return text.replaceAll("\u001B[K", "").match(/[^\P{C}\n]/gu) ?? [];
}

/** Whether the registry is as well as it was: a good skill, pushed now, is published. */
async function stillWorks(name: string): Promise<void> {
  await forge.commit({ [`skills/${name}/SKILL.md`]: skillMd(name) });
  await forge.tag(`${name}--v1.0.0`, { signer: ann });
  expect((await forge.push(remote, "main", `${name}--v1.0.0`)).ok).toBe(true);
  await world.tag("acme-skills", `${name}--v1.0.0`, { state: "published" });
}

const bomb = (() => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 12; level += 1) {
    const aliases = Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ");
    lines.push(`a${level}: &a${level} [${aliases}]`);
  }
  return lines.join("\n");
})();
const frontmatter = (name: string, more: string) =>
  `---\nname: ${name}\ndescription: Does it. Use when asked.\n${more}\n---\n\n# It\n\nDo it.\n`;

type Bad = {
  readonly name: string;
  readonly code: string;
  readonly files: Record<string, Content>;
};
const BAD_SKILLS: readonly Bad[] = [
  { name: "binary", code: "INVALID_SKILL", files: { "SKILL.md": randomBytes(2_000) } },
  { name: "bomb", code: "INVALID_SKILL", files: { "SKILL.md": frontmatter("bomb", bomb) } },
  {
    name: "js",
    code: "INVALID_SKILL",
    files: { "SKILL.md": '---js\n{ name: globalThis.pwned = "js", description: "x" }\n---\n' },
  },
  {
    name: "js-tag",
    code: "INVALID_SKILL",
    files: { "SKILL.md": frontmatter("js-tag", "license: !!js/function 'function () {}'") },
  },
  {
    name: "many",
    code: "TOO_LARGE",
    files: Object.fromEntries([
      ["SKILL.md", skillMd("many")],
      ...Array.from({ length: 5_000 }, (_, at) => [`data/${at}.txt`, `${at}\n`]),
    ]) as Record<string, Content>,
  },
  {
    name: "case",
    code: "INVALID_SKILL",
    files: { "SKILL.md": skillMd("case"), "Readme.md": "a\n", "README.md": "b\n" },
  },
  {
    name: "reserved",
    code: "INVALID_SKILL",
    files: { "SKILL.md": skillMd("reserved"), "con.txt": "a\n" },
  },
  {
    name: "backslash",
    code: "INVALID_SKILL",
    files: { "SKILL.md": skillMd("backslash"), "..\\evil.sh": "a\n" },
  },
  {
    name: "lfs",
    code: "INVALID_SKILL",
    files: {
      "SKILL.md": skillMd("lfs"),
      "model.bin": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 1\n`,
    },
  },
  { name: "empty", code: "INVALID_SKILL", files: { "SKILL.md": "" } },
];

describe("a skill made to do harm", () => {
  it.each(BAD_SKILLS)("is refused with a clear answer: $name", async ({ name, code, files }) => {
    const entries = Object.entries(files).map(([path, content]) => [
      `skills/${name}/${path}`,
      content,
    ]);
    await forge.commit(Object.fromEntries(entries) as Record<string, Content>);
    await forge.tag(`${name}--v1.0.0`, { signer: ann });
    const pushed = await forge.push(remote, "main", `${name}--v1.0.0`);
    expect(pushed.said(`${name}--v1.0.0`)).toContain(`REFUSED: ${name}--v1.0.0  ${code}`);
    const row = await world.tag("acme-skills", `${name}--v1.0.0`);
    expect(row).toMatchObject({ state: "refused", code });
    expect(String(row["reason"]).length).toBeGreaterThan(10);
    expect(Object.keys(globalThis)).not.toContain("pwned");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each([
    ["a symlink", "120000", "link"],
    ["a submodule", "160000", "module"],
  ])("is refused for what its tree holds: %s", async (_what, mode, entry) => {
    const name = `tree-${entry}`;
    const oid = mode === "160000" ? "1".repeat(40) : await forge.blob("/etc/passwd");
    const { said } = await pushTree(name, await skillTree(name, { mode, name: entry, oid }));
    expect(said(`${name}--v1.0.0`)).toContain(`REFUSED: ${name}--v1.0.0  INVALID_SKILL`);
  });

  it("is refused for a mode that git does not write", async () => {
    const oid = await forge.blob("#!/bin/sh\n");
    const tree = await skillTree("set-uid", { mode: "104755", name: "run", oid });
    const { ok, output } = await pushTree("set-uid", tree);
    expect(ok).toBe(false);
    expect(output).toMatch(/badFilemode|INVALID_SKILL/);
  });

  it.each(["..", ".", ".git", ".GIT", "git~1"])(
    "is refused for a name in its tree that leads out of it: %s",
    async (entry) => {
      const inner = await forge.tree([
        { mode: FILE, name: "config", oid: await forge.blob("[core]\n") },
      ]);
      const tree = await skillTree("escape", { mode: "40000", name: entry, oid: inner });
      const { ok, output } = await pushTree("escape", tree);
      expect(ok).toBe(false);
      expect(output).toMatch(/hasDot|REFUSED/);
    },
  );

  it("has done none to what comes after it", async () => {
    await stillWorks("after-skills");
    expect(Object.keys(globalThis)).not.toContain("pwned");
  });

  async function skillTree(name: string, entry: TreeItem): Promise<string> {
    const skillFile = { mode: FILE, name: "SKILL.md", oid: await forge.blob(skillMd(name)) };
    return forge.tree([skillFile, entry]);
  }

  async function pushTree(name: string, skill: string) {
    const before = await forge.resolve("refs/heads/main");
    const skills = await forge.tree([{ mode: "40000", name, oid: skill }]);
    await forge.commitTree([{ mode: "40000", name: "skills", oid: skills }]);
    await forge.tag(`${name}--v1.0.0`, { signer: ann });
    const pushed = await forge.push(remote, "main", `${name}--v1.0.0`);
    await forge.setRef("refs/heads/main", before);
    const now = (await forge.git("ls-remote", remote, "refs/heads/main")).stdout.toString();
    // Where the branch went through, the next commit stands on it.
    const at = now.split("\t")[0] ?? "";
    if (at !== "" && at !== before) await forge.setRef("refs/heads/main", at);
    return pushed;
  }
});

describe("a push made to do harm", () => {
  it("of 100 MB is stopped with a sentence, and loses nothing", async () => {
    await forge.setRef("refs/heads/huge", await forge.resolve("refs/heads/main"));
    const part = () => randomBytes(10 * 1024 * 1024);
    await forge.commit(
      Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}.bin`, part()])),
      { branch: "huge" },
    );
    const pushed = await forge.push(remote, "huge");
    expect(pushed.ok).toBe(false);
    expect(pushed.output).toMatch(/exceeds maximum allowed size|too large/i);
    await forge.setRef("refs/heads/huge", null);
    await stillWorks("after-huge");
  });

  it("of 3,000 refs is stopped with a sentence", async () => {
    const oid = await forge.resolve("refs/heads/main");
    const refs = Array.from({ length: 3_000 }, (_, at) => `${oid}:refs/heads/many/${at}`);
    const pushed = await forge.push(remote, ...refs);
    expect([pushed.ok, pushed.output]).toEqual([false, expect.stringContaining("too many refs")]);
  });
});

describe("a webhook", () => {
  const body = JSON.stringify({ ref: "refs/tags/x" });
  const post = (headers: Record<string, string>, sent: string | Buffer = body) =>
    world.ask("/hooks/acme-skills", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: sent,
    });
  const signatureOf = async (sent: string | Buffer) => {
    const master = await readMasterSecret(world.core.config.secretFile);
    const secret = deriveHookSecret(master, "acme-skills", 0);
    return `sha256=${createHmac("sha256", secret).update(sent).digest("hex")}`;
  };

  it("that is not signed, or wrongly, changes nothing", async () => {
    const before = await deliveries();
    const wrong: Record<string, string>[] = [
      {},
      { "x-hub-signature-256": "sha256=00" },
      { "x-hub-signature": "sha1=00" },
      { "x-hub-signature-256": (await signatureOf(body)).slice(0, -1) },
      { "x-gitlab-token": "secret" },
      { "x-gitea-signature": "" },
    ];
    for (const headers of wrong) expect((await post(headers)).status).toBe(401);
    expect((await world.ask("/hooks/no-such", { method: "POST", body })).status).toBe(401);
    expect(await deliveries()).toBe(before);
  });

  it.each([
    ["no JSON", "{"],
    ["a JSON list", "[]"],
    ["nothing", ""],
    ["bytes", randomBytes(100)],
    ["JSON nested 100,000 deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("whose body is %s is turned away although it is signed", async (_what, sent) => {
    const answer = await post({ "x-hub-signature-256": await signatureOf(sent) }, sent);
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it("larger than a hint ever is, is turned away", async () => {
    const large = JSON.stringify({ pad: "x".repeat(2 * 1024 * 1024) });
    const answer = await post({ "x-hub-signature-256": await signatureOf(large) }, large);
    expect(answer.status).toBe(413);
  });

  it("that is signed counts once, however often it comes", async () => {
    const headers = {
      "x-hub-signature-256": await signatureOf(body),
      "x-github-delivery": "0d1c2b3a",
    };
    const before = await deliveries();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await deliveries()).toBe(before + 1);
  });

  async function deliveries(): Promise<number> {
    return (await world.database.db.selectFrom("deliveries").select("id").execute()).length;
  }
});

describe("SQL and HTML in every text field", () => {
  const evil = `'); DROP TABLE tags; -- <script>alert(1)</script> \u202Egnp.exe`;

  it("is text like any other: stored, answered as JSON, and without a way into a terminal", async () => {
    const author = { name: "'); DROP TABLE commits; -- script", email: "x'--@example.test" };
    const escapes = "\u001B[31mred\u001B]0;title\u0007";
    // The scanner stops such a text; here it is to get as far as it can.
    const policy = Buffer.from("checks: {scan: {refuse: [], hold: []}}\n");
    await world.change((files) => new Map([...files, ["policy.yaml", policy]]));
    await forge.commit(
      {
        "skills/evil-words/SKILL.md": `---\nname: evil-words\ndescription: ${JSON.stringify(`${evil} {{7*7}} \${7*7} Use when asked.`)}\nlicense: ${JSON.stringify(evil.slice(0, 60))}\n---\n\n# <img src=x onerror=alert(1)>\n\n[x](javascript:alert(1)) ${evil}\n`,
        "skills/evil-words/'; DROP TABLE skills; --.md": `${evil}\n`,
      },
      { author, message: `feat(evil-words): ${evil} ${escapes}` },
    );
    await forge.tag("evil-words--v1.0.0", {
      signer: ann,
      tagger: { name: "'); DROP TABLE tags; --", email: ann.email },
      message: `${evil} ${escapes}`,
    });
    const pushed = await forge.push(remote, "main", "evil-words--v1.0.0");
    expect(unprintableIn(pushed.output)).toEqual([]);
    const row = await world.tag("acme-skills", "evil-words--v1.0.0");
    if (row["state"] !== "published") throw new Error(JSON.stringify(row));
    const paths = [
      "/api/v1/skills?q=evil",
      `/api/v1/skills?q=${encodeURIComponent(evil)}`,
      "/api/v1/skills/acme/evil-words",
      "/api/v1/skills/acme/evil-words/versions/1.0.0",
      "/api/v1/sources/acme-skills/tags/evil-words--v1.0.0",
      `/api/v1/sources/acme-skills/tags/${encodeURIComponent(evil)}`,
      `/api/v1/skills/${encodeURIComponent(evil)}/x`,
      "/s/acme/evil-words/.well-known/agent-skills/index.json",
    ];
    for (const path of paths) {
      const answer = await world.ask(path);
      expect([path, [200, 400, 404].includes(answer.status)]).toEqual([path, true]);
      expect(answer.headers["content-type"]).toMatch(/^application\/(problem\+)?json/);
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
      expect(() => answer.json()).not.toThrow();
    }
    const skill = (await world.ask("/api/v1/skills/acme/evil-words")).json();
    expect(skill["description"]).toContain("DROP TABLE tags");
    await stillWorks("after-words");
  });

  it("in tags that are refused is told without harm", async () => {
    const raw = (tagger: string, message: string) => async (name: string) => {
      const at = await forge.resolve("refs/heads/main");
      const text = `object ${at}\ntype commit\ntag ${name}\ntagger ${tagger}\n\n${message}\n`;
      return forge.rawTag(name, text);
    };
    const makers = [
      raw(`<script> <${evil}> 1 +0000`, "x"),
      raw("\u001B[31mAnn <ann@example.test> 1 +0000", evil),
      raw("Ann <ann@example.test> 99999999999999999999 +9999", "x"),
      raw("", ""),
    ];
    for (const [at, make] of makers.entries()) {
      const name = `after-words--v9.0.${at}`;
      await make(name);
      const pushed = await forge.push(remote, name);
      expect(pushed.ok).toBe(false);
      expect(unprintableIn(pushed.said(name))).toEqual([]);
    }
    await stillWorks("after-tags");
  });
});
