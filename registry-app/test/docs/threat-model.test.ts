import { describe, expect, it } from "vitest";
import { isThere, listQuoted, readDoc, rowsOf, sectionOf } from "./read-docs.ts";

const doc = readDoc("docs/threat-model.md");
const rows = ["Shown by tests", "Faults"].flatMap((heading) => rowsOf(sectionOf(doc, heading)));

/** Whether a file has a test of this name; names stand in it as they are written there, `%s` and all. */
function hasTest(file: string, name: string): boolean {
  if (!isThere(file)) return false;
  const text = readDoc(file);
  const opens = String.raw`(?:\bit(?:\.\w+)*(?:<[^>]*>)?\(|\]\)\(|\)\)\(|\b\w+\)\(|\}\)\()\s*`;
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`${opens}["\`]${quoted}["\`]`).test(text);
}

describe("docs/threat-model.md", () => {
  it("names a test for everything that it says holds and for every fault", () => {
    expect(rows.length).toBeGreaterThan(70);
    expect(rows.filter((cells) => cells.length !== 3)).toEqual([]);
  });

  it.each(rows.map(([what = "", test = "", file = ""]) => [what, test, file]))(
    "names a test that there is: %s",
    (_what, test, file) => {
      const [name = ""] = listQuoted(test);
      const [path = ""] = listQuoted(file);
      expect({ path, name, isThere: hasTest(path, name) }).toEqual({ path, name, isThere: true });
    },
  );

  it("would notice a test that is gone", () => {
    const file = "registry-app/test/docs/threat-model.test.ts";
    expect(hasTest(file, "would notice a test that is gone")).toBe(true);
    expect(hasTest(file, ["would notice a test", "that is not there"].join(" "))).toBe(false);
    expect(hasTest("registry-app/test/docs/none.test.ts", "x")).toBe(false);
  });
});
