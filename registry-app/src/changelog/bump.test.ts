import { describe, expect, it } from "vitest";
import { compareBump, contentBump, type SkillContent } from "./index.ts";

const file = (path: string, mode = "100644", sha256 = "0") => ({ path, mode, sha256 });

describe("a declared step", () => {
  it.each([
    ["patch", "minor", "too-small"],
    ["patch", "major", "too-small"],
    ["minor", "major", "too-small"],
    ["none", "patch", "too-small"],
    ["minor", "minor", "ok"],
    ["major", "patch", "ok"],
    ["patch", "none", "ok"],
    ["first", "first", "ok"],
    ["prerelease", "major", "ok"],
  ] as const)("of %s where %s is required is %s", (declared, required, kind) => {
    expect(compareBump(declared, required).kind).toBe(kind);
  });

  it("that is too small is told with both steps", () => {
    expect(compareBump("patch", "minor").text).toBe(
      "The version makes a patch step, the changes ask for a minor step.",
    );
  });
});

describe("the files ask for a step", () => {
  const base: SkillContent = {
    name: "forms",
    allowedTools: ["Read"],
    files: [
      file("SKILL.md"),
      file("scripts/run.py"),
      file("references/a.md"),
      file("tool", "100755"),
    ],
  };
  const without = (path: string): SkillContent => ({
    ...base,
    files: base.files.filter((one) => one.path !== path),
  });
  const including = (...files: SkillContent["files"]): SkillContent => ({
    ...base,
    files: [...base.files.filter(({ path }) => !files.some((one) => one.path === path)), ...files],
  });

  it.each<[string, SkillContent, string, string]>([
    ["nothing changed", base, "none", ""],
    ["the name changed", { ...base, name: "pdf-forms" }, "major", "called pdf-forms"],
    ["a script is gone", without("scripts/run.py"), "major", "scripts/run.py"],
    ["an executable is gone", without("tool"), "major", "tool"],
    ["a text is gone", without("references/a.md"), "minor", "references/a.md"],
    ["a tool was added", { ...base, allowedTools: ["Read", "Bash"] }, "minor", "Bash"],
    ["a tool was taken away", { ...base, allowedTools: [] }, "minor", "Read"],
    ["a script was added", including(file("scripts/new.sh")), "minor", "scripts/new.sh"],
    [
      "a file became executable",
      including(file("scripts/run.py", "100755")),
      "minor",
      "executable",
    ],
    ["an MCP server was added", including(file(".mcp.json")), "minor", "MCP"],
    ["a text was added", including(file("references/b.md")), "patch", "references/b.md"],
    ["a text changed", including(file("SKILL.md", "100644", "1")), "patch", "SKILL.md"],
  ])("when %s", (_what, next, bump, text) => {
    const judged = contentBump(base, next, false);
    expect(judged.bump).toBe(bump);
    expect(judged.reasons.map((reason) => reason.text).join("; ")).toContain(text);
  });

  it("that is one size smaller before 1.0.0", () => {
    expect(contentBump(base, without("tool"), true).bump).toBe("minor");
    expect(contentBump(base, including(file("scripts/new.sh")), true).bump).toBe("patch");
  });

  it("and names three files at most", () => {
    const many = including(...["a", "b", "c", "d", "e"].map((name) => file(`scripts/${name}`)));
    expect(contentBump(base, many, false).reasons[0]?.text).toBe(
      "a script was added: scripts/a, scripts/b, scripts/c and 2 more",
    );
  });
});
