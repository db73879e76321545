/**
 * What a frontmatter says, read as forgivingly as clients read it. The registry's own reader refuses much of YAML on
 * purpose; a scan must still know what a refused file calls itself and what it has installed.
 */
export type LooseFrontmatter = {
  readonly name: string;
  readonly description: string;
  readonly compatibility: string;
  readonly licence: string;
  readonly allowedTools: readonly string[];
  /** `metadata` as far as installs are in it, in the shape that its JSON has. */
  readonly metadata: unknown;
};

const MAX_LINES = 800;
const MAX_LINE = 8000;
/** A field at the margin with the lines below it that are set in. */
type Field = { readonly key: string; readonly head: string; readonly rest: readonly string[] };

/** Never throws; what is not there is empty. */
export function readLooseFrontmatter(text: string): LooseFrontmatter {
  const fields = readFields(text);
  const find = (key: string) => fields.find((field) => field.key === key);
  return {
    name: textOf(find("name")),
    description: textOf(find("description")),
    compatibility: textOf(find("compatibility")),
    licence: textOf(find("license") ?? find("licence")),
    allowedTools: toolsOf(find("allowed-tools") ?? find("tools")),
    metadata: metadataOf(find("metadata")),
  };
}

function readFields(text: string): readonly Field[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split("\n", MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE).replace(/\r$/, ""));
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start === -1 || !/^---\s{0,20}$/.test(lines[start] ?? "")) return [];
  const fields: { key: string; head: string; rest: string[] }[] = [];
  for (const line of lines.slice(start + 1)) {
    if (/^(?:---|\.\.\.)\s{0,20}$/.test(line)) break;
    const top = /^["']?([A-Za-z][\w-]{0,60})["']?\s{0,9}:(?:\s{1,20}(.*))?$/.exec(line);
    if (top !== null)
      fields.push({ key: (top[1] ?? "").toLowerCase(), head: top[2] ?? "", rest: [] });
    else fields.at(-1)?.rest.push(line);
  }
  return fields;
}

function textOf(field: Field | undefined): string {
  if (field === undefined) return "";
  const head = /^[>|][+-]?\d?[+-]?\s{0,9}(?:#.*)?$/.test(field.head) ? "" : field.head;
  return unquote([head, ...field.rest.map((line) => line.trim())].join(" ").trim());
}

function unquote(text: string): string {
  const quote = text[0];
  const isQuoted = (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote);
  if (!isQuoted) return text;
  const inner = text.slice(1, -1);
  return quote === '"' ? inner.replace(/\\(["\\])/g, "$1") : inner.replaceAll("''", "'");
}

/** `Read, Bash(git add:*)`, `[Read, Bash]` and a list of lines. */
function toolsOf(field: Field | undefined): readonly string[] {
  if (field === undefined) return [];
  const items = field.rest
    .map((line) => /^\s{0,40}-\s{1,9}(.*)$/.exec(line)?.[1])
    .filter((item) => item !== undefined)
    .map((item) => unquote(item.trim()));
  if (items.length > 0) return items;
  const line = textOf(field).replace(/^\[|\]$/g, "");
  return [...line.matchAll(/[^\s(),"']{1,200}(?:\([^()]{0,500}\))?/g)].map(([tool]) => tool);
}

function metadataOf(field: Field | undefined): unknown {
  if (field === undefined) return undefined;
  const text = [field.head, ...field.rest].join("\n").trim();
  if (text.startsWith("{")) return parseLoose(text);
  return { skill: { install: installItems(field.rest) } };
}

/** JSON with commas too many, as people write it in YAML. */
function parseLoose(text: string): unknown {
  try {
    return JSON.parse(text.replace(/,(\s{0,200}[}\]])/g, "$1"));
  } catch {
    return undefined;
  }
}

/** The items below `install:`, each with the plain fields that it has. */
function installItems(lines: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const items: Map<string, string>[] = [];
  let indent = -1;
  for (const line of lines) {
    const depth = line.length - line.trimStart().length;
    if (indent === -1) {
      if (/^\s{1,40}install\s{0,9}:\s{0,9}$/.test(line)) indent = depth;
      continue;
    }
    if (line.trim() !== "" && depth <= indent && !line.trim().startsWith("-")) break;
    const found = /^\s{0,40}(-\s{1,9})?["']?([a-z]{1,20})["']?\s{0,9}:\s{1,9}(.{1,1000})$/.exec(
      line,
    );
    if (found === null) continue;
    if (found[1] !== undefined) items.push(new Map());
    items.at(-1)?.set(found[2] ?? "", unquote((found[3] ?? "").trim()));
  }
  return items.map((item) => Object.fromEntries(item));
}
