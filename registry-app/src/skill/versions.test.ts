import { describe, expect, it } from "vitest";
import {
  compareVersions,
  declaredBump,
  getRule,
  highestStable,
  isPrerelease,
  isSkillName,
  isVersion,
  listRules,
  previousOf,
  skillFolders,
} from "./index.ts";

describe("versions", () => {
  const list = ["1.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0", "2.0.0-rc.2"];
  it("are ordered as semver says", () => {
    expect([...list].sort(compareVersions)).toEqual([
      "1.0.0",
      "1.9.0",
      "1.10.0",
      "2.0.0-rc.1",
      "2.0.0-rc.2",
    ]);
  });
  it("tell the highest stable one", () => {
    expect(highestStable(list)).toBe("1.10.0");
    expect(highestStable(["1.0.0-a"])).toBeUndefined();
  });
  it.each([
    ["2.0.0", "1.10.0"],
    ["2.0.0-rc.2", "2.0.0-rc.1"],
    ["2.0.0-rc.1", "1.10.0"],
    ["1.0.0", undefined],
    ["1.9.5", "1.9.0"],
  ])("before %s comes %s", (version, expected) => {
    expect(previousOf(version, list)).toBe(expected);
  });
  it.each([
    [undefined, "1.0.0", "first"],
    ["1.0.0", "2.0.0", "major"],
    ["1.0.0", "1.1.0", "minor"],
    ["1.0.0", "1.0.1", "patch"],
    ["1.0.0", "2.0.0-rc.1", "prerelease"],
    ["2.0.0-rc.1", "2.0.0", "major"],
    ["1.1.0-rc.1", "1.1.0", "minor"],
    ["1.1.1-rc.1", "1.1.1", "patch"],
    ["1.0.0", "1.0.0", "none"],
    ["2.0.0", "1.0.0", "none"],
  ])("from %s to %s declares %s", (from, to, expected) => {
    expect(declaredBump(from, to)).toBe(expected);
  });
  it("know a pre-release", () => {
    expect([isPrerelease("1.0.0-0"), isPrerelease("1.0.0")]).toEqual([true, false]);
  });
  it.each([
    "1.0",
    "v1.0.0",
    "1.0.0+x",
    "01.0.0",
    "1.0.0-01",
    " 1.0.0",
    "1.0.0-",
    "1.0.0-a..b",
    `1.0.0-${"a".repeat(65)}`,
  ])("%j is none", (text) => {
    expect(isVersion(text)).toBe(false);
  });
});

describe("skill names", () => {
  it.each(["a", "a-b", "0", "a".repeat(64)])("%s is one", (name) =>
    expect(isSkillName(name)).toBe(true),
  );
  it.each(["", "-a", "a-", "a--b", "A", "é", "a_b", "a".repeat(65), "a\n"])("%j is none", (name) =>
    expect(isSkillName(name)).toBe(false),
  );
});

describe("skill folders", () => {
  it("are found below skills, alone or in a group, and not inside another skill", () => {
    const paths = [
      "README.md",
      "skills/b/SKILL.md",
      "skills/a/SKILL.md",
      "skills/a/sub/SKILL.md",
      "skills/g/c/SKILL.md",
      "skills/g/d/e/SKILL.md",
      "other/SKILL.md",
      "skills/SKILL.md",
      "skills/n/skill.md",
    ];
    expect(skillFolders(paths)).toEqual([
      { dir: "skills/a", name: "a" },
      { dir: "skills/b", name: "b" },
      { dir: "skills/g/c", name: "c" },
    ]);
  });
  it("are the root when there is no other", () => {
    expect(skillFolders(["SKILL.md", "a.md"])).toEqual([{ dir: "", name: undefined }]);
    expect(skillFolders(["SKILL.md", "skills/a/SKILL.md"])).toEqual([
      { dir: "skills/a", name: "a" },
    ]);
    expect(skillFolders(["a.md"])).toEqual([]);
  });
});

describe("the rules", () => {
  it("each say what, why and how to mend it, under an anchor of its own", () => {
    const rules = listRules();
    expect(rules.length).toBeGreaterThan(50);
    expect(rules.every(({ what, why, fix }) => what !== "" && why !== "" && fix !== "")).toBe(true);
    expect(new Set(rules.map(({ docs }) => docs)).size).toBe(rules.length);
    expect(getRule("tree.file-count").code).toBe("TOO_LARGE");
    expect(getRule("name.invalid").code).toBe("INVALID_SKILL");
  });
});
