import { beforeAll, describe, expect, test } from "vitest";
import type { TreeEntry } from "../../skill/index.ts";
import { BUNDLED_SNAPSHOT } from "../advisories/bundled-snapshot.ts";
import { openScanner, type Scanner } from "../open-scanner.ts";
import { ALL_RULES } from "./list-rules.ts";
import type { Example } from "./rule.ts";

let scanner: Scanner;
beforeAll(async () => {
  scanner = await openScanner();
});

const PLAIN =
  "---\nname: example\ndescription: Shows how a thing is done.\n---\n\nRun the files.\n";

function entriesOf({ files, binaries = {} }: Example): readonly TreeEntry[] {
  const all = "SKILL.md" in files ? files : { "SKILL.md": PLAIN, ...files };
  const contents = [
    ...Object.entries(all).map(([path, text]) => [path, Buffer.from(text)] as const),
    ...Object.entries(binaries).map(([path, text]) => [path, Buffer.from(text, "base64")] as const),
  ];
  return contents.map(([path, bytes]) => ({ path, mode: "100644", size: bytes.length, bytes }));
}

function rulesFor(example: Example): readonly string[] {
  const report = scanner.scan(entriesOf(example), {
    advisories: BUNDLED_SNAPSHOT,
    today: new Date(0),
  });
  return report.findings.filter(({ severity }) => severity !== "info").map(({ rule }) => rule);
}

describe.each(ALL_RULES)("$id", (rule) => {
  test.each(rule.examples.flags)("is found in $name", (example) => {
    expect(rulesFor(example)).toContain(rule.id);
  });

  test.each(rule.examples.passes)("is not found in $name", (example) => {
    expect(rulesFor(example)).not.toContain(rule.id);
  });
});

describe("the rules together", () => {
  test("each has a name of its own, an example to flag and one to leave alone", () => {
    expect(new Set(ALL_RULES.map(({ id }) => id)).size).toBe(ALL_RULES.length);
    for (const rule of ALL_RULES) {
      expect(rule.id.startsWith(`${rule.family}.`), rule.id).toBe(true);
      expect(rule.examples.flags.length, rule.id).toBeGreaterThan(0);
      expect(rule.examples.passes.length, rule.id).toBeGreaterThan(0);
    }
  });
});
