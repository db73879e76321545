import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A file of the checkout as text; throws when there is none. */
export function readDoc(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The part of a Markdown text below a heading of the second level, up to the next one. */
export function sectionOf(markdown: string, heading: string): string {
  const found = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`there is no section "${heading}"`);
  return found;
}

/** The rows of the Markdown tables in a text, without heads, each as its trimmed cells. */
export function rowsOf(markdown: string): string[][] {
  const lines = markdown.split("\n");
  return lines
    .filter((line, i) => line.startsWith("| ") && !isRule(line) && !isRule(lines[i + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

function isRule(line: string | undefined): boolean {
  return /^\|(?: *-+ *\|)+$/.test(line ?? "");
}

/** What stands in backticks, outside of fenced blocks. */
export function listQuoted(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].flatMap(([, text]) => text ?? []);
}

/** Folders directly below `path`. */
export function listFolders(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** All files below `path` whose names end in `ending`, as paths from the root of the checkout. */
export function listFilesBelow(path: string, ending: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !file.includes("node_modules/") && !file.includes("/dist/"));
}

export function isThere(path: string): boolean {
  return existsSync(join(root, path));
}
