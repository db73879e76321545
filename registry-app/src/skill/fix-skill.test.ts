import { describe, expect, it } from "vitest";
import { fixSkill, readSkill, type FieldProfile, type TreeEntry } from "./index.ts";

const BODY = "\nDo it.\n";

function entryOf(text: string): TreeEntry {
  const bytes = Buffer.from(text);
  return { path: "SKILL.md", mode: "100644", size: bytes.length, bytes };
}
function fix(frontmatter: string, dirName = "deploy", profile: FieldProfile = "clients") {
  const text = `---\n${frontmatter}---\n${BODY}`;
  const options = { dirName, profile };
  const fixed = fixSkill([entryOf(text)], options);
  if (fixed.kind === "unchanged") return { text: undefined, changes: [], reading: undefined };
  const reading = readSkill([entryOf(fixed.text)], options);
  return { text: fixed.text.slice(4, -(4 + BODY.length)), changes: fixed.changes, reading };
}
const NAMED = "name: deploy\ndescription: Deploys. Use when asked to.\n";

describe("lint --fix", () => {
  it.each([
    [
      "writes flow lists as lines, and allowed-tools as one",
      `${NAMED}tags: [a, "b c"]\nallowed-tools: [Read, "Bash(git add:*)"]\n`,
      `${NAMED}tags:\n  - a\n  - "b c"\nallowed-tools: Read Bash(git add:*)\n`,
    ],
    [
      "moves a field that nobody reads below metadata, as text",
      `${NAMED}requires:\n  mcp: [rube]\nscore: 1.0\n`,
      `${NAMED}metadata:\n  requires: '{"mcp":["rube"]}'\n  score: "1.0"\n`,
    ],
    [
      "keeps metadata that is there, and puts numbers in it in quotes",
      `${NAMED}metadata:\n  # kept\n  version: 1.0\nscore: high\n`,
      `${NAMED}metadata:\n  # kept\n  version: "1.0"\n  score: high\n`,
    ],
    [
      "puts text that holds a colon in quotes",
      "name: deploy\ndescription: Deploys: fast. Use when asked to.\n",
      'name: deploy\ndescription: "Deploys: fast. Use when asked to."\n',
    ],
    [
      "gives the skill its folder's name",
      "name: Deploy Tool\ndescription: Deploys. Use when asked to.\n",
      NAMED,
    ],
    ["leaves out what is empty", `${NAMED}tags: []\nhooks: {}\n`, NAMED],
  ])("%s", (_, before, after) => {
    const fixed = fix(before);
    expect(fixed.text).toBe(after);
    expect(fixed.reading).toMatchObject({ publishable: true, name: "deploy" });
    expect(fixed.changes.length).toBeGreaterThan(0);
  });

  it("removes a byte order mark and carriage returns, and leaves the rest as it was", () => {
    const text = `---\n${NAMED}license:   MIT\n---\n${BODY}`;
    const windows = `\ufeff${text.replaceAll("\n", "\r\n")}`;
    const fixed = fixSkill([entryOf(windows)], { dirName: "deploy", profile: "clients" });
    expect(fixed).toMatchObject({ kind: "fixed", text });
  });

  it("takes fields of clients for unknown only under the specification's profile", () => {
    const withModel = `${NAMED}model: large\n`;
    expect(fix(withModel).changes).toEqual([]);
    expect(fix(withModel, "deploy", "spec").text).toBe(`${NAMED}metadata:\n  model: large\n`);
  });

  it.each([
    ["a skill in which nothing is wrong", NAMED],
    ["a likely typo", `${NAMED}licence: MIT\n`],
    ["a missing description", "name: deploy\n"],
    ["anchors and aliases", `${NAMED}tags: &a [x]\nkeywords: *a\n`],
    ["YAML that nobody can read", `${NAMED}tags: [a\n`],
    ["what would only break another rule below metadata", `${NAMED}github-tree-sha: abc\n`],
    ["a tag that asks for code", `${NAMED}extra: !!js/function "f"\n`],
  ])("leaves %s to a person", (_, text) => {
    expect(fix(text)).toMatchObject({ text: undefined, changes: [] });
  });

  it("does not touch a file that is no text, a link, or deep beyond reason", () => {
    const options = { dirName: "deploy", profile: "clients" } as const;
    const unfit: TreeEntry[] = [
      { ...entryOf(""), bytes: Buffer.from([0x2d, 0xff, 0xfe]) },
      { path: "SKILL.md", mode: "120000", size: 5 },
      entryOf(`---\n${NAMED}x: ${"[".repeat(5_000)}\n---\n`),
    ];
    for (const entry of unfit) expect(fixSkill([entry], options)).toEqual({ kind: "unchanged" });
    expect(fixSkill([], options)).toEqual({ kind: "unchanged" });
  });
});
