import { CST, isAlias, isMap, isScalar, isSeq, Lexer, parseDocument, type Pair } from "yaml";
import type { JsonValue } from "./types.ts";

/** A value as the reference validator sees it: every scalar is its text. */
export type PlainValue = string | readonly PlainValue[] | PlainMap;
export type PlainMap = ReadonlyMap<string, PlainValue>;

export type FieldPlace = { readonly key: number; readonly value: number };
export type YamlReading =
  | {
      readonly kind: "read";
      readonly plain: PlainValue;
      /** The same as a YAML 1.2 core reader types it; an empty object when the root is no mapping. */
      readonly typed: { readonly [key: string]: JsonValue };
      /** Offsets of top-level keys and of keys one level below (`metadata.version`). */
      readonly places: ReadonlyMap<string, FieldPlace>;
      readonly mergeAt: number | undefined;
    }
  | { readonly kind: "bad"; readonly message: string; readonly offset: number };

const MAX_DEPTH = 50;
/** What YAML's character set leaves out; the reference's reader stops at the first. */
// oxlint-disable-next-line no-control-regex -- control characters are the subject
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Names that would reach an object's prototype in code that copies fields carelessly; kept out of plain objects. */
export const PROTOTYPE_KEYS: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
]);

class BadYaml extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Parses one YAML document the way strictyaml does: block style, no anchors, aliases, tags or duplicate keys, siblings
 * indented alike. The caller bounds the size; nesting deeper than fifty levels is refused.
 */
export function parseStrictYaml(source: string): YamlReading {
  const unprintable = UNPRINTABLE.exec(source);
  if (unprintable !== null)
    return {
      kind: "bad",
      message: "special characters are not allowed",
      offset: unprintable.index,
    };
  const tab = source.includes("\t") ? findStructuralTab(source) : undefined;
  if (tab !== undefined)
    return { kind: "bad", message: "found a tab where YAML allows only spaces", offset: tab };
  const deep = findDeepLine(source);
  if (deep !== undefined)
    return { kind: "bad", message: `nested deeper than ${MAX_DEPTH} levels`, offset: deep };
  try {
    return readDocument(source);
  } catch (error) {
    if (error instanceof BadYaml)
      return { kind: "bad", message: error.message, offset: error.offset };
    if (error instanceof RangeError) return { kind: "bad", message: "nested too deep", offset: 0 };
    throw error;
  }
}

/** The parser recurses, and its time grows with depth times length, so markers on one line are counted before it runs. */
function findDeepLine(source: string): number | undefined {
  return /(?:[-?:] +|[[{] *){51}/.exec(source)?.index;
}

function readDocument(source: string): YamlReading {
  const document = parseDocument(source, {
    schema: "core",
    // The library compares every pair of keys; collectPairs does it in linear time and by text.
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    logLevel: "silent",
  });
  const [error] = document.errors.filter(({ message }) => !isTolerated(message));
  if (error !== undefined) throw new BadYaml(error.message, error.pos[0]);
  const reader: Reader = { source, places: new Map(), mergeAt: undefined };
  const { plain, typed } = readNode(document.contents, reader, [], 0);
  const isMapping = typeof typed === "object" && typed !== null && !Array.isArray(typed);
  return {
    kind: "read",
    plain,
    typed: isMapping ? (typed as { readonly [key: string]: JsonValue }) : {},
    places: reader.places,
    mergeAt: reader.mergeAt,
  };
}

/** The reference reads a comment right behind a closing quote; the library reports it and reads on. */
function isTolerated(message: string): boolean {
  return message.startsWith("Comments must be separated");
}

type Reader = {
  readonly source: string;
  readonly places: Map<string, FieldPlace>;
  mergeAt: number | undefined;
};
type Both = { readonly plain: PlainValue; readonly typed: JsonValue };

function readNode(node: unknown, reader: Reader, path: readonly string[], start: number): Both {
  if (node === null || node === undefined) return { plain: "", typed: null };
  if (path.length > MAX_DEPTH) throw new BadYaml(`nested deeper than ${MAX_DEPTH} levels`, start);
  if (isAlias(node)) throw new BadYaml("found undefined alias", node.range?.[0] ?? start);
  if (isScalar(node)) {
    refuseProperties(node, start);
    const plain = node.source ?? "";
    return { plain, typed: toJsonScalar(node.value, plain) };
  }
  if (isSeq(node)) {
    refuseProperties(node, start);
    const items = node.items.map((item) => readNode(item, reader, [...path, "-"], start));
    return { plain: items.map(({ plain }) => plain), typed: items.map(({ typed }) => typed) };
  }
  if (isMap(node)) {
    refuseProperties(node, start);
    return readMap(node.items, reader, path, start);
  }
  throw new BadYaml("unreadable node", start);
}

type Properties = {
  readonly anchor?: string | undefined;
  readonly tag?: string | undefined;
  readonly flow?: boolean | undefined;
  readonly range?: readonly number[] | null | undefined;
};

function refuseProperties(node: Properties, start: number): void {
  const offset = node.range?.[0] ?? start;
  if (node.anchor !== undefined) throw new BadYaml("found disallowed anchor", offset);
  if (node.tag !== undefined) throw new BadYaml("found disallowed tag", offset);
  if (node.flow === true)
    throw new BadYaml("found disallowed flow style: write it as lines, or in quotes", offset);
}

function readMap(
  pairs: readonly Pair<unknown, unknown>[],
  reader: Reader,
  path: readonly string[],
  start: number,
): Both {
  const plain = new Map<string, PlainValue>();
  const typed: [string, JsonValue][] = [];
  const merged: PlainMap[] = [];
  let column: number | undefined;
  for (const pair of pairs) {
    const key = readKey(pair.key, start);
    if (isMap(pair.value)) {
      const own = columnOf(reader.source, pair.value.range?.[0] ?? 0);
      column ??= own;
      if (own !== column)
        throw new BadYaml(
          "found mapping indented unlike the one before",
          pair.value.range?.[0] ?? 0,
        );
    }
    const value = readNode(pair.value, reader, [...path, key.text], key.offset);
    if (key.isMerge) {
      reader.mergeAt ??= key.offset;
      merged.push(...mergeable(value.plain, key.offset));
      continue;
    }
    if (plain.has(key.text)) throw new BadYaml(`Duplicate key '${key.text}' found`, key.offset);
    plain.set(key.text, value.plain);
    if (!PROTOTYPE_KEYS.has(key.text)) typed.push([key.text, value.typed]);
    if (path.length < 2) notePlace(reader, [...path, key.text], key.offset, pair.value);
  }
  for (const map of merged)
    for (const [key, value] of map) if (!plain.has(key)) plain.set(key, value);
  return { plain, typed: Object.fromEntries(typed) };
}

function notePlace(reader: Reader, path: readonly string[], key: number, value: unknown): void {
  const start = isScalar(value) || isMap(value) || isSeq(value) ? value.range?.[0] : undefined;
  reader.places.set(path.join("."), { key, value: start ?? key });
}

function readKey(node: unknown, start: number) {
  if (node === null || node === undefined) return { text: "", offset: start, isMerge: false };
  if (!isScalar(node)) throw new BadYaml("found a key that is not text", start);
  const offset = node.range?.[0] ?? start;
  refuseProperties(node, offset);
  const text = node.source ?? "";
  return { text, offset, isMerge: text === "<<" && node.type === "PLAIN" };
}

function mergeable(value: PlainValue, offset: number): readonly PlainMap[] {
  const maps = Array.isArray(value) ? value : [value];
  if (maps.every((map) => map instanceof Map)) return maps;
  throw new BadYaml("expected a mapping for merging", offset);
}

function toJsonScalar(value: unknown, text: string): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : text;
  return typeof value === "boolean" || value === null ? value : text;
}

function columnOf(source: string, offset: number): number {
  return offset - (source.lastIndexOf("\n", offset - 1) + 1);
}

/** The reference takes a tab only inside quotes, comments and the text of a block scalar. */
function findStructuralTab(source: string): number | undefined {
  let offset = 0;
  let isBlockText = false;
  for (const lexeme of new Lexer().lex(source)) {
    const type = CST.tokenType(lexeme);
    if (type === "byte-order-mark" || type === "doc-mode" || type === "flow-error-end") continue;
    if (lexeme === CST.SCALAR) continue;
    const mayHoldTab =
      type === "comment" ||
      type === "single-quoted-scalar" ||
      type === "double-quoted-scalar" ||
      (type === "scalar" && isBlockText);
    const tab = lexeme.indexOf("\t");
    if (tab >= 0 && !mayHoldTab) return offset + tab;
    if (type === "block-scalar-header") isBlockText = true;
    else if (type !== "space" && type !== "comment" && type !== "newline") isBlockText = false;
    offset += lexeme.length;
  }
  return undefined;
}
