import { describe, expect, it } from "vitest";
import { checkTree, SKILL_LIMITS, type TreeEntry } from "./index.ts";

const MIB = 1024 * 1024;
const file = (path: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  mode: "100644",
  size: 10,
  ...more,
});
const rules = (entries: readonly TreeEntry[]) => checkTree(entries).map(({ rule }) => rule);

describe("a tree", () => {
  it.each([
    "SKILL.md",
    "scripts/run.sh",
    "references/Ünïcode Näme.md",
    "assets/日本.png",
    ".hidden",
    ".github/workflows/x.yml",
    "a-b_c.d.e",
    "console.md",
    "companion/nul-test.md",
    "com10.txt",
    "...x",
    "x'y&z(1).md",
    ".gitlab-ci.yml",
  ])("may hold %s", (path) => {
    expect(checkTree([file(path)])).toEqual([]);
  });

  it.each([
    [".git", "tree.git-name"],
    [".GIT/config", "tree.git-name"],
    ["a/.Git/x", "tree.git-name"],
    ["git~1", "tree.git-name"],
    ["GIT~2/x", "tree.git-name"],
    [".g\u200cit/x", "tree.git-name"],
    [".git./x", "tree.git-name"],
    [".git /x", "tree.git-name"],
    [".git::$INDEX_ALLOCATION/x", "tree.git-name"],
    [".git\\x", "tree.git-name"],
    ["．git", "tree.git-name"],
    [".gitignore", "tree.git-file"],
    ["x/.gitattributes", "tree.git-file"],
    [".gitmodules", "tree.git-modules"],
    ["gi7eba~1", "tree.git-modules"],
    ["con", "tree.reserved-name"],
    ["x/NUL.txt", "tree.reserved-name"],
    ["aux.tar.gz", "tree.reserved-name"],
    ["Com1", "tree.reserved-name"],
    ["lpt¹.md", "tree.reserved-name"],
    ["prn .md", "tree.reserved-name"],
    ["a\\b", "tree.path-characters"],
    ["a:b", "tree.path-characters"],
    ["a\u0000b", "tree.path-characters"],
    ["a\nb", "tree.path-characters"],
    ["a\u202eb", "tree.path-characters"],
    ["a\u200bb", "tree.path-characters"],
    ["a*", "tree.path-characters"],
    ["a?", "tree.path-characters"],
    ["a\ufffd", "tree.path-encoding"],
    ["a\ud800", "tree.path-encoding"],
    ["../a", "tree.path-shape"],
    ["/a", "tree.path-shape"],
    ["a//b", "tree.path-shape"],
    ["a/", "tree.path-shape"],
    ["./a", "tree.path-shape"],
    ["a/../b", "tree.path-shape"],
    ["", "tree.path-shape"],
    ["a.", "tree.path-end"],
    ["a /b", "tree.path-end"],
    ["x".repeat(201), "tree.path-length"],
    ["é".repeat(101), "tree.path-length"],
    ["sub/SKILL.md", "tree.nested-skill"],
  ])("is told about %j: %s", (path, rule) => {
    expect(rules([file(path)])).toContain(rule);
  });

  it.each([
    ["a.md", "A.md"],
    ["dir/x.md", "DIR/y.md"],
    ["caf\u00e9.md", "cafe\u0301.md"],
    ["stra\u00dfe.md", "STRASSE.md"],
    ["a", "A/b"],
    ["x.md", "x.md"],
  ])("cannot hold both %s and %s", (a, b) => {
    expect(rules([file(a), file(b)])).toEqual(["tree.collision"]);
  });

  it("refuses links and submodules", () => {
    expect(rules([file("a.md", { mode: "120000" }), file("b", { mode: "160000" })])).toEqual([
      "tree.symlink",
      "tree.submodule",
    ]);
  });

  it("refuses what is too large, and only that", () => {
    expect(checkTree([file("a.bin", { size: 5 * MIB })])).toEqual([]);
    expect(rules([file("a.bin", { size: 5 * MIB + 1 })])).toEqual(["tree.file-size"]);
    const four = Array.from({ length: 4 }, (_, index) => file(`a${index}.bin`, { size: 5 * MIB }));
    expect(checkTree(four)).toEqual([]);
    expect(rules([...four, file("b.bin", { size: 1 })])).toEqual(["tree.total-size"]);
    const many = Array.from({ length: 1000 }, (_, index) => file(`f${index}.md`));
    expect(checkTree(many)).toEqual([]);
    expect(rules([...many, file("b.md")])).toEqual(["tree.file-count"]);
    expect(checkTree([...many, file("b.md")], { ...SKILL_LIMITS, files: 2000 })).toEqual([]);
  });

  it("refuses LFS pointers by their first line", () => {
    const bytes = Buffer.from(
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    );
    expect(rules([file("a.bin", { size: bytes.length, bytes })])).toEqual(["tree.lfs"]);
    expect(checkTree([file("a.md", { bytes: Buffer.from("version 2") })])).toEqual([]);
  });

  it("answers for 5,000 hostile entries with few findings and in time", () => {
    const entries = Array.from({ length: 5000 }, (_, index) =>
      file(`../d\u202e${index}/.GIT/con /x`, { mode: "120000" }),
    );
    const start = performance.now();
    const findings = checkTree(entries);
    expect(performance.now() - start).toBeLessThan(1500);
    expect(findings.length).toBeLessThan(200);
    expect(findings.filter(({ rule }) => rule === "tree.symlink").at(-1)?.message).toContain(
      "and 4980 more",
    );
    expect(findings.every(({ file }) => !file.includes("\u202e"))).toBe(true);
  });
});
