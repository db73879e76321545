import { describe, expect, test } from "vitest";
import {
  bytecodeOf,
  entriesOf,
  gapOf,
  insideOf,
  inventoryOf,
  kindsOf,
  pngOf,
  zipOf,
} from "./inventory.test-kit.ts";
import { takeInventory } from "./take-inventory.ts";

const HEAD = "---\nname: example\ndescription: Shows a thing.\n---\n\n";
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01", "latin1"), Buffer.alloc(60, 1)]);

function fileOf(path: string, content: string | Uint8Array = "text\n") {
  return inventoryOf({ [path]: content }).files.find((file) => file.path === path);
}

describe("what a file is", () => {
  test.each([
    ["scripts/run.sh", "echo hi\n", "script", "shell"],
    ["scripts/run", "#!/usr/bin/env python3\nprint(1)\n", "script", "python"],
    ["scripts/run.txt", "#!/bin/bash\necho hi\n", "script", "shell"],
    ["assets/page.php", "<?php echo 1;\n", "script", "other"],
    ["notes.md", "Some notes.\n", "reference", "markdown"],
    ["AGENTS.md", "Some notes.\n", "instruction", "markdown"],
    ["package.json", "{}\n", "dependencies", "json"],
    ["package-lock.json", "{}\n", "lockfile", "json"],
    [".claude/settings.json", "{}\n", "config-hook", "json"],
    [".mcp.json", "{}\n", "config-hook", "json"],
    ["tests/test_a.py", "import a\n", "test", "python"],
    ["bin/tool", ELF, "binary", "other"],
    ["data.zip", zipOf({ "a.txt": "a" }), "archive", "other"],
    ["data.csv", "a,b\n", "asset", "csv"],
  ])("%s", (path, content, role, language) => {
    expect(fileOf(path, content)).toMatchObject({ role, language });
  });
});

describe("what SKILL.md leads to", () => {
  test.each([
    ["a link", "See [the guide](references/guide.md).", "references/guide.md"],
    ["a path in code", "Run `python scripts/run.py --all`.", "scripts/run.py"],
    ["a name alone", "Run `run.py`.", "scripts/run.py"],
    ["a path with a variable", "Run `$SKILL_DIR/scripts/run.py`.", "scripts/run.py"],
    ["a folder", "Everything in `scripts/` helps.", "scripts/run.py"],
    ["a folder in words", "Use what the scripts folder has.", "scripts/run.py"],
    ["a pattern", "Run `scripts/*.py`.", "scripts/run.py"],
    ["a name with blanks", "Read [it](my%20guide.md).", "my guide.md"],
  ])("by %s", (_, body, path) => {
    const { files } = takeInventory(
      entriesOf({ "SKILL.md": HEAD + body, [path]: "x\n", "other.md": "x\n" }),
    );
    expect(files.filter((file) => file.isReachable).map((file) => file.path)).toEqual(
      ["SKILL.md", path].toSorted(),
    );
  });

  test("goes on through texts, scripts and imports", () => {
    const { files } = takeInventory(
      entriesOf({
        "SKILL.md": `${HEAD}Read guide.md.`,
        "guide.md": "Run scripts/a.py.\n",
        "scripts/a.py": "import b\nfrom lib.c import d\n",
        "scripts/b.py": "open('data.json')\n",
        "scripts/lib/c.py": "x = 1\n",
        "scripts/data.json": "{}\n",
        "scripts/z.py": "x = 1\n",
      }),
    );
    expect(files.filter((file) => !file.isReachable).map((file) => file.path)).toEqual([
      "scripts/z.py",
    ]);
  });

  test("a test that the skill says to run is a script", () => {
    const { files } = takeInventory(
      entriesOf({
        "SKILL.md": `${HEAD}Run \`tests/setup.sh\` first.`,
        "tests/setup.sh": "echo hi\n",
      }),
    );
    expect(files.at(-1)?.role).toBe("script");
  });
});

describe("what is odd about a file", () => {
  test.each([
    ["machine code called a picture", "logo.png", ELF, "magic-mismatch"],
    ["machine code that nothing names", "helper", ELF, "unreferenced-executable"],
    ["a name that is turned around", "photo\u202egnp.sh", "echo\n", "disguised-name"],
    ["a name that leads out", "../a.md", "x\n", "unsafe-name"],
    ["bytecode without source", "a.pyc", bytecodeOf(["collect"], 9), "bytecode-alone"],
  ])("%s", (_, path, content, kind) => {
    expect(kindsOf(inventoryOf({ [path]: content }))).toContain(kind);
  });

  test("links and submodules are named and never followed", () => {
    const inventory = takeInventory([
      { path: "SKILL.md", mode: "100644", size: 2, bytes: Buffer.from("x\n") },
      { path: "link", mode: "120000", size: 11, bytes: Buffer.from("/etc/passwd") },
      { path: "sub", mode: "160000", size: 0 },
    ]);
    expect(kindsOf(inventory)).toEqual(["symlink", "submodule"]);
    expect(inventory.coverage.map(({ state }) => state)).toEqual([
      "analysed",
      "not-analysed",
      "not-analysed",
    ]);
  });

  test("ordinary pictures, fonts and texts are not odd and are read whole", () => {
    const inventory = inventoryOf({
      "logo.png": pngOf([]),
      "logo.jpg": pngOf([]),
      "font.woff2": Buffer.concat([Buffer.from("wOF2"), Buffer.alloc(40, 3)]),
      "empty.txt": "",
      "заметки.md": "Текст\n",
    });
    expect(inventory.anomalies).toEqual([]);
    expect(inventory.coverage.every(({ state }) => state === "analysed")).toBe(true);
  });
});

test("stale bytecode beside its source differs, and what it holds is read", () => {
  const source = "def greet():\n    return 'welcome'\n";
  const same = bytecodeOf(["greet", "welcome"], source.length);
  const stale = bytecodeOf(["greet", "welcome", "collector_host"], source.length);
  const path = "pkg/__pycache__/mod.cpython-312.pyc";
  expect(kindsOf(inventoryOf({ "pkg/mod.py": source, [path]: same }))).not.toContain(
    "bytecode-differs",
  );
  const found = inventoryOf({ "pkg/mod.py": source, [path]: stale });
  expect(kindsOf(found)).toContain("bytecode-differs");
  expect(insideOf(found)[`${path}!/constants.txt`]).toContain("collector_host");
});

test("what was not given is not analysed", () => {
  const inventory = takeInventory([{ path: "big.bin", mode: "100644", size: 9 }]);
  expect(gapOf(inventory, "big.bin")).toBe("Its bytes were not given.");
});

test("the order in which entries come does not matter", () => {
  const entries = entriesOf({ "b.md": "b\n", "SKILL.md": HEAD, "a.zip": zipOf({ "x.md": "x\n" }) });
  expect(takeInventory(entries.toReversed())).toEqual(takeInventory(entries));
});
