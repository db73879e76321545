/**
 * The part of TOML that tables of dependencies are written in: tables, dotted and quoted keys, strings, lists, inline
 * tables. Numbers, dates and booleans stay as written. What it cannot read it skips to the next line; it never throws.
 */
export type TomlValue =
  | { readonly kind: "text"; readonly text: string; readonly line: number }
  | { readonly kind: "list"; readonly items: readonly TomlValue[] }
  | { readonly kind: "table"; readonly fields: ReadonlyMap<string, TomlValue> };

export type TomlEntry = {
  /** The table that it stands in, and which one of that name: `[[package]]` counts up. */
  readonly table: string;
  readonly index: number;
  readonly key: string;
  readonly value: TomlValue;
  readonly line: number;
};

const MAX_DEPTH = 16;
const MAX_ENTRIES = 60_000;

type Reader = { readonly text: string; at: number; line: number };

export function readToml(text: string): readonly TomlEntry[] {
  const reader: Reader = { text, at: 0, line: 1 };
  const entries: TomlEntry[] = [];
  let table = "";
  let index = 0;
  while (reader.at < text.length && entries.length < MAX_ENTRIES) {
    skipBlank(reader, true);
    const line = reader.line;
    if (text[reader.at] === "[") {
      table = readHeader(reader);
      index += 1;
    } else {
      const key = readKey(reader);
      skipBlank(reader, false);
      if (key !== "" && text[reader.at] === "=") {
        reader.at += 1;
        skipBlank(reader, false);
        entries.push({ table, index, key, value: readValue(reader, 0), line });
      }
    }
    skipLine(reader);
  }
  return entries;
}

function readHeader(reader: Reader): string {
  while (reader.text[reader.at] === "[") reader.at += 1;
  return readKey(reader);
}

/** A key, its dots kept; a part in quotes loses them. */
function readKey(reader: Reader): string {
  const parts: string[] = [];
  for (let count = 0; count < MAX_DEPTH; count += 1) {
    skipBlank(reader, false);
    const quote = reader.text[reader.at];
    if (quote === '"' || quote === "'") parts.push(readQuoted(reader, quote));
    else {
      const start = reader.at;
      while (/[\w-]/.test(reader.text[reader.at] ?? "")) reader.at += 1;
      parts.push(reader.text.slice(start, reader.at));
    }
    skipBlank(reader, false);
    if (reader.text[reader.at] !== ".") break;
    reader.at += 1;
  }
  return parts.join(".");
}

function readValue(reader: Reader, depth: number): TomlValue {
  const first = reader.text[reader.at] ?? "";
  const line = reader.line;
  if (depth > MAX_DEPTH) return { kind: "text", text: "", line };
  if (first === '"' || first === "'")
    return { kind: "text", text: readQuoted(reader, first), line };
  if (first === "[") return readList(reader, depth);
  if (first === "{") return readTable(reader, depth);
  const start = reader.at;
  while (reader.at < reader.text.length && !/[,\]}#\n]/.test(reader.text[reader.at] ?? ""))
    reader.at += 1;
  return { kind: "text", text: reader.text.slice(start, reader.at).trim(), line };
}

function readList(reader: Reader, depth: number): TomlValue {
  const items: TomlValue[] = [];
  reader.at += 1;
  for (;;) {
    skipBlank(reader, true);
    const before = reader.at;
    const next = reader.text[reader.at];
    if (next === undefined) break;
    if (next === "]") {
      reader.at += 1;
      break;
    }
    if (next !== ",") items.push(readValue(reader, depth + 1));
    if (reader.at === before) reader.at += 1;
  }
  return { kind: "list", items };
}

function readTable(reader: Reader, depth: number): TomlValue {
  const fields = new Map<string, TomlValue>();
  reader.at += 1;
  for (;;) {
    skipBlank(reader, true);
    const before = reader.at;
    const next = reader.text[reader.at];
    if (next === undefined) break;
    if (next === "}") {
      reader.at += 1;
      break;
    }
    const key = readKey(reader);
    skipBlank(reader, false);
    if (reader.text[reader.at] === "=") {
      reader.at += 1;
      skipBlank(reader, false);
      fields.set(key, readValue(reader, depth + 1));
    }
    if (reader.at === before) reader.at += 1;
  }
  return { kind: "table", fields };
}

function readQuoted(reader: Reader, quote: string): string {
  const { text } = reader;
  if (text.startsWith(quote.repeat(3), reader.at)) {
    const end = text.indexOf(quote.repeat(3), reader.at + 3);
    const inner = text.slice(reader.at + 3, end === -1 ? undefined : end);
    reader.line += inner.split("\n").length - 1;
    reader.at = end === -1 ? text.length : end + 3;
    return inner;
  }
  let out = "";
  reader.at += 1;
  while (reader.at < text.length && text[reader.at] !== quote && text[reader.at] !== "\n") {
    if (quote === '"' && text[reader.at] === "\\") reader.at += 1;
    out += text[reader.at] ?? "";
    reader.at += 1;
  }
  if (text[reader.at] === quote) reader.at += 1;
  return out;
}

function skipBlank(reader: Reader, withLines: boolean): void {
  for (;;) {
    const next = reader.text[reader.at];
    if (next === " " || next === "\t" || next === "\r") reader.at += 1;
    else if (withLines && next === "\n") {
      reader.at += 1;
      reader.line += 1;
    } else if (withLines && next === "#") {
      const end = reader.text.indexOf("\n", reader.at);
      reader.at = end === -1 ? reader.text.length : end;
    } else return;
  }
}

function skipLine(reader: Reader): void {
  const end = reader.text.indexOf("\n", reader.at);
  reader.at = end === -1 ? reader.text.length : end + 1;
  reader.line += end === -1 ? 0 : 1;
}

/** The strings of a list, or of one string. */
export function textsOf(value: TomlValue): readonly { text: string; line: number }[] {
  if (value.kind === "text") return [value];
  return value.kind === "list" ? value.items.filter((item) => item.kind === "text") : [];
}

export function fieldText(value: TomlValue, field: string): string | null {
  const found = value.kind === "table" ? value.fields.get(field) : undefined;
  return found?.kind === "text" ? found.text : null;
}
