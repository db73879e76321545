import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import {
  isThere,
  listFilesBelow,
  listFolders,
  listQuoted,
  readDoc,
  root,
  rowsOf,
  sectionOf,
} from "./read-docs.ts";

type Layout = {
  readonly MAY_IMPORT: Readonly<Record<string, readonly string[] | string>>;
};
const { MAY_IMPORT } = (await import(
  pathToFileURL(join(root, "scripts", "layout.mjs")).href
)) as Layout;
const architecture = readDoc("ARCHITECTURE.md");

/** A repo path as prose names it: it begins with something that the root of the checkout may hold. */
const PATH =
  /^(?:registry-app|site|scripts|docs|github-app|sandbox|actions)(?:\/[\w.@-]+)*$|^[A-Z]+\.md$/;

describe("ARCHITECTURE.md", () => {
  it("names only files and folders that exist", () => {
    const paths = listQuoted(architecture).filter((text) => PATH.test(text));
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it("has the may-import table that the layout check enforces", () => {
    const rows = rowsOf(sectionOf(architecture, "May import")).filter(([name]) =>
      /^\w+$/.test(name ?? ""),
    );
    const written = rows.map(([name, text = ""]) => [name, text === "-" ? "" : text]);
    const enforced = Object.entries(MAY_IMPORT).map(([name, rule]) => [
      name,
      typeof rule === "string" ? rule : rule.join(", "),
    ]);
    const homes = written.filter(([name]) => enforced.some(([other]) => other === name));
    expect(homes).toEqual(enforced);
  });

  it("and the layout check know every module", () => {
    const modules = listFolders("registry-app/src");
    const described = rowsOf(sectionOf(architecture, "Modules")).map(([name]) => name);
    expect(modules.filter((name) => !(name in MAY_IMPORT))).toEqual([]);
    expect(described.toSorted()).toEqual(modules.toSorted());
  });
});

describe("the glossary", () => {
  const rows = rowsOf(readDoc("docs/glossary.md"));
  const code = ["registry-app/src", "sandbox"]
    .flatMap((folder) => listFilesBelow(folder, ".ts"))
    .filter((file) => !file.endsWith(".test.ts"))
    .map(readDoc)
    .join("\n");
  const isExported = (name: string) =>
    new RegExp(`^export (?:async )?(?:type|interface|function|const) ${name}\\b`, "m").test(code);
  const isTable = (name: string) => new RegExp(`^ {2}${name}: \\w+Table;$`, "m").test(code);

  it("says each word once", () => {
    const words = rows.map(([word]) => word);
    expect(words.length).toBeGreaterThan(25);
    expect(new Set(words).size).toBe(words.length);
  });

  it.each(rows.map(([word = "", , names = ""]) => [word, listQuoted(names)] as const))(
    "stands for something in the code: %s",
    (_word, names) => {
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !isExported(name) && !isTable(name))).toEqual([]);
    },
  );
});
