import { assert, property, string } from "fast-check";
import { expect, it } from "vitest";
import { fileOf } from "./dependencies.test-kit.ts";
import { readLooseFrontmatter } from "./loose-frontmatter.ts";
import { readDependencies } from "./read-dependencies.ts";

it("fields are read in every form that clients accept", () => {
  const text =
    '\uFEFF---\nname: "bird"\nlicence: MIT\ndescription: >\n  Reads posts:\n  all of them\nallowed-tools: [Read, "Bash(git:*)"]\nmetadata: {"a":{"bins":[]}}\n---\n# Body\nname: other\n';
  expect(readLooseFrontmatter(text)).toEqual({
    name: "bird",
    description: "Reads posts: all of them",
    compatibility: "",
    licence: "MIT",
    allowedTools: ["Read", "Bash(git:*)"],
    metadata: { a: { bins: [] } },
  });
});

it("a list of tools is read line by line, and as one line", () => {
  const tools = (yaml: string) =>
    readLooseFrontmatter(`---\nallowed-tools:${yaml}\n---\n`).allowedTools;
  expect(tools("\n- Bash\n  - Read")).toEqual(["Bash", "Read"]);
  expect(tools(" Read, Bash(git add:*) Write")).toEqual(["Read", "Bash(git add:*)", "Write"]);
});

it("what a page without a frontmatter says in its text is not taken for one", () => {
  expect(readLooseFrontmatter("# Title\nname: x\n").name).toBe("");
});

it.each([
  [
    'metadata:\n  openclaw:\n    requires:\n      bins: ["x"]\n    install:\n      - id: brew\n        kind: "brew"\n        formula: "o/tap/x"\n      - kind: node\n        package: tool@1.0.0\n    emoji: x',
    ["o/tap/x", "tool"],
  ],
  [
    'metadata:\n  {\n    "openclaw": {"install": [{"kind": "node", "package": "tool"},],},\n  }',
    ["tool"],
  ],
  [
    'metadata: {"clawdbot":{"install":[{"kind":"go","module":"github.com/a/b@latest"}]}}',
    ["github.com/a/b"],
  ],
])("installs are found where the registry's own reader refuses the YAML", (yaml, expected) => {
  const file = fileOf("SKILL.md", `---\nname: x\n${yaml}\n---\n`);
  expect(readDependencies([file], [], {}).dependencies.map(({ name }) => name)).toEqual(expected);
});

it("any text is read without an error", () => {
  assert(
    property(string(), (tail) => {
      readLooseFrontmatter(`---\nmetadata: ${tail}\ninstall:\n${tail}`);
      return true;
    }),
    { seed: 3, numRuns: 200 },
  );
});
