import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { isThere, listFilesBelow, listQuoted, readDoc } from "./read-docs.ts";

const DOCS = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "progress.md",
  ...listFilesBelow("docs", ".md"),
];
const LINK = /\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g;

function linksOf(file: string): string[] {
  return [...readDoc(file).matchAll(LINK)].map(([, target = ""]) => join(dirname(file), target));
}

describe("the docs", () => {
  it.each(DOCS)("link only to files that exist: %s", (file) => {
    expect(linksOf(file).filter((target) => !isThere(target))).toEqual([]);
  });

  it("list every decision", () => {
    const pages = listFilesBelow("docs/adr", ".md").filter((file) => !file.endsWith("README.md"));
    expect(pages.length).toBeGreaterThan(10);
    expect(linksOf("docs/adr/README.md").toSorted()).toEqual(pages.toSorted());
  });

  it("name only commands of `assay` that there are", () => {
    const known = readDoc("registry-app/bin/assay.ts");
    const files = DOCS.filter((file) => file !== "docs/known-gaps.md");
    const text = files.map(readDoc).join("\n");
    const indented = [...text.matchAll(/^ {4}(npx assay .*)$/gm)].map(([, line = ""]) => line);
    const named = [...listQuoted(text), ...indented].flatMap(
      (line) => /^(?:npx )?assay ([a-z][a-z-]*)/.exec(line)?.[1] ?? [],
    );
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter((name) => !new RegExp(`^ {2}"?${name}"?: async`, "m").test(known));
    expect([...new Set(missing)]).toEqual([]);
  });
});
