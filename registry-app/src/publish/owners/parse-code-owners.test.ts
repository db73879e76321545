import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCodeOwners, type Owner } from "./parse-code-owners.ts";

const said = (owner: Owner) =>
  owner.kind === "person"
    ? `@${owner.login}`
    : owner.kind === "team"
      ? `@${owner.org}/${owner.slug}`
      : owner.address;
const ownersOf = (text: string, path: string) => parseCodeOwners(text).ownersOf(path).map(said);

describe("a line of CODEOWNERS", () => {
  it.each([
    ["*", "skills/x/SKILL.md", true],
    ["*.sh", "skills/x/scripts/run.sh", true],
    ["*.sh", "skills/x/run.py", false],
    ["/skills/", "skills/x/SKILL.md", true],
    ["/skills/", "more/skills/x/SKILL.md", false],
    ["skills/", "more/skills/x/SKILL.md", true],
    ["skills/", "skills", false],
    ["skills/x", "skills/x/SKILL.md", true],
    ["skills/x", "more/skills/x/SKILL.md", false],
    ["skills/x", "skills/xy/SKILL.md", false],
    ["docs/*", "docs/start.md", true],
    ["docs/*", "docs/build/start.md", false],
    ["/docs/**", "docs/build/start.md", true],
    ["**/logs", "build/logs/today.log", true],
    ["**/logs", "logs/today.log", true],
    ["skills/**/run.sh", "skills/run.sh", true],
    ["skills/**/run.sh", "skills/a/b/run.sh", true],
    ["skills/*/scripts/", "skills/x/scripts/run.sh", true],
    ["skills/*/scripts/", "skills/x/y/scripts/run.sh", false],
    ["run.??", "a/run.py", true],
    ["run.??", "a/run.sql", false],
    ["/", "any/file", true],
    ["My\\ Skill/", "My Skill/SKILL.md", true],
    ["skills/X", "skills/x/SKILL.md", false],
  ])("%s fits %s: %s", (pattern, path, fits) => {
    expect(ownersOf(`${pattern} @ann`, path)).toEqual(fits ? ["@ann"] : []);
  });

  it("names people, teams and addresses", () => {
    expect(ownersOf("* @ann @acme/sec ann@acme.example", "a")).toEqual([
      "@ann",
      "@acme/sec",
      "ann@acme.example",
    ]);
  });

  it("that is the last to fit counts, and one without owners takes them away", () => {
    const text = "* @ann\n/skills/ @bo # since spring\n/skills/open/\n";
    expect(ownersOf(text, "README.md")).toEqual(["@ann"]);
    expect(ownersOf(text, "skills/x/SKILL.md")).toEqual(["@bo"]);
    expect(ownersOf(text, "skills/open/SKILL.md")).toEqual([]);
  });

  it.each(["!skills/ @bo", "skills/[ab] @bo", "skills/ bo", "# skills/ @bo", "skills/ @bo @"])(
    "that GitHub would not read counts as not there: %s",
    (line) => {
      expect(ownersOf(`* @ann\n${line}`, "skills/a")).toEqual(["@ann"]);
    },
  );

  it("of any text whatever is read without a failure", () => {
    const anything = property(string({ maxLength: 300 }), string({ maxLength: 60 }), (text, path) =>
      Array.isArray(ownersOf(text, path)),
    );
    expect(() => assert(anything)).not.toThrow();
  });

  it("of nothing but stars takes no long time", () => {
    const text = `${"**/".repeat(300)}${"*a".repeat(2_000)}b @ann`;
    expect(ownersOf(text, `${"a/".repeat(200)}${"a".repeat(4_000)}`)).toEqual([]);
  });
});
