import {
  CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  parseDocument,
  type Pair,
  type YAMLError,
} from "yaml";
import { indentQuoted } from "./indent-quoted.ts";
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
      /** Whether quoted text went on at a column where other YAML readers stop. */
      readonly isRepaired: boolean;
    }
  | { readonly kind: "bad"; readonly message: string; readonly offset: number };

const MAX_DEPTH = 50;
const MAX_REPAIRS = 4;
/** Each repair parses again; no description that the reference takes needs more room. */
const MAX_REPAIRED_LENGTH = 4096;
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
export function parseStrictYaml(text: string): YamlReading {
  // The reference folds the next-line character like a line break.
  const source = text.includes("\x85") ? text.replaceAll("\x85", " ") : text;
  const unprintable = UNPRINTABLE.exec(text);
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
  const { document, text, toOriginal } = parseRepaired(source);
  const [error] = document.errors.filter((error) => !isTolerated(error, text));
  if (error !== undefined) throw new BadYaml(error.message, toOriginal(error.pos[0]));
  const reader: Reader = { source: text, toOriginal, places: new Map(), mergeAt: undefined };
  const { plain, typed } = readNode(document.contents, reader, [], 0);
  const isMapping = typeof typed === "object" && typed !== null && !Array.isArray(typed);
  return {
    kind: "read",
    plain,
    typed: isMapping ? (typed as { readonly [key: string]: JsonValue }) : {},
    places: reader.places,
    mergeAt: reader.mergeAt,
    isRepaired: text !== source,
  };
}

/** Quoted text may go on at any column for the reference, while the library asks for indentation. */
function parseRepaired(source: string) {
  let text = source;
  let toOriginal = sameOffset;
  for (let attempt = 0; ; attempt += 1) {
    const document = parse(text);
    const [error] = document.errors;
    const quote = /^Missing closing (["'])quote$/.exec(error?.message ?? "")?.[1];
    const indented =
      error !== undefined &&
      quote !== undefined &&
      attempt < MAX_REPAIRS &&
      text.length < MAX_REPAIRED_LENGTH
        ? indentQuoted(text, error.pos[0], quote)
        : undefined;
    if (indented === undefined) return { document, text, toOriginal };
    const before = toOriginal;
    text = indented.source;
    toOriginal = (offset) => before(indented.toOriginal(offset));
  }
}

const sameOffset = (offset: number): number => offset;

function parse(text: string) {
  return parseDocument(text, {
    schema: "core",
    // The library compares every pair of keys; readMap does it in linear time and by text.
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    logLevel: "error",
  });
}

/** The reference reads a comment right behind a closing quote; the library reports it and reads on. */
function isTolerated({ message, pos }: YAMLError, text: string): boolean {
  if (!message.startsWith("Comments must be separated")) return false;
  return /["']/.test(text[pos[0] - 1] ?? "");
}

type Reader = {
  readonly source: string;
  readonly toOriginal: (offset: number) => number;
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
    const text = node.source ?? "";
    const isSign = node.type === "PLAIN" && (text === "<<" || text === "=");
    return { plain: isSign ? NOT_TEXT : text, typed: toJsonScalar(node.value, text) };
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

/** YAML 1.1 gave the plain values << and = types of their own, so the reference does not read them as text. */
const NOT_TEXT: PlainMap = new Map();

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
  let isMerged = false;
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
      refuseMerge(value.plain, isMerged, key.offset);
      isMerged = true;
      reader.mergeAt ??= reader.toOriginal(key.offset);
      continue;
    }
    if (plain.has(key.text)) throw new BadYaml(`Duplicate key '${key.text}' found`, key.offset);
    plain.set(key.text, value.plain);
    if (!PROTOTYPE_KEYS.has(key.text)) typed.push([key.text, value.typed]);
    if (path.length < 2) notePlace(reader, [...path, key.text], key.offset, pair.value);
  }
  return { plain, typed: Object.fromEntries(typed) };
}

function notePlace(reader: Reader, path: readonly string[], key: number, value: unknown): void {
  const start = isScalar(value) || isMap(value) || isSeq(value) ? value.range?.[0] : undefined;
  reader.places.set(path.join("."), {
    key: reader.toOriginal(key),
    value: reader.toOriginal(start ?? key),
  });
}

function readKey(node: unknown, start: number) {
  if (node === null || node === undefined) return { text: "", offset: start, isMerge: false };
  if (!isScalar(node)) throw new BadYaml("found a key that is not text", start);
  const offset = node.range?.[0] ?? start;
  refuseProperties(node, offset);
  const text = node.source ?? "";
  return { text, offset, isMerge: text === "<<" && node.type === "PLAIN" };
}

/** The reference takes one merge key of mappings and then does not see what was merged. */
function refuseMerge(value: PlainValue, isSecond: boolean, offset: number): void {
  if (isSecond) throw new BadYaml("Duplicate key '<<' found", offset);
  const maps = Array.isArray(value) ? value : [value];
  if (!maps.every((map) => map instanceof Map))
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
  let isBlock = false;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(source)) {
    const wasScalar = isScalar;
    isScalar = lexeme === CST.SCALAR;
    if (isScalar || lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END) continue;
    const type = wasScalar ? "scalar" : CST.tokenType(lexeme);
    const tab = lexeme.indexOf("\t");
    if (tab >= 0 && !TAB_TOKENS.has(type ?? "") && !(wasScalar && isBlock)) return offset + tab;
    if (type === "block-scalar-header") isBlock = true;
    else if (wasScalar) isBlock = false;
    offset += lexeme.length;
  }
  return undefined;
}

const TAB_TOKENS: ReadonlySet<string> = new Set([
  "comment",
  "single-quoted-scalar",
  "double-quoted-scalar",
]);
