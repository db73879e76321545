import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { compilePattern, findPattern, PATTERN_WORK, type Work } from "./pattern.ts";

// A schema is code of a stranger: it decides how much work a validation is. So references stay inside the document and
// never lead back, the schema with all of them written out is small, and patterns are matched in linear time.

const MAX_SCHEMA_LENGTH = 64 * 1024;
const MAX_DEPTH = 40;
const MAX_UNFOLDED = 2_000;
/** Values of the data times nodes of the schema. */
const MAX_STEPS = 20_000_000;
const MAX_UNIQUE_ITEMS = 1_000;
const REFUSED = new Set([
  "$id",
  "id",
  "$anchor",
  "$dynamicRef",
  "$dynamicAnchor",
  "$recursiveRef",
  "$recursiveAnchor",
  "$async",
  "$data",
]);
/** Keywords whose value is data or names, and so holds no schema. */
const DATA = new Set(["const", "enum", "default", "examples", "required", "dependentRequired"]);
/** Keywords whose value maps names of the author's to schemas. */
const NAMED = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);

/** Why a schema cannot be used; undefined when it can. */
export function checkSchema(schema: unknown): string | undefined {
  const measured = measure(schema);
  if (typeof measured === "string") return measured;
  const compiled = compile(schema, { left: PATTERN_WORK });
  return typeof compiled === "string" ? compiled : undefined;
}

export type SchemaVerdict =
  | { readonly kind: "valid" }
  | { readonly kind: "invalid"; readonly because: string }
  /** The schema cannot be used, or holding the value against it would take too much work. */
  | { readonly kind: "unknown"; readonly because: string };

/** Holds a value against a schema of a stranger within bounds. */
export function validateJson(schema: unknown, value: unknown, work: Work): SchemaVerdict {
  const measured = measure(schema);
  if (typeof measured === "string") return { kind: "unknown", because: measured };
  const data = measureData(value);
  if (measured.nodes * data.values > MAX_STEPS)
    return { kind: "unknown", because: "the value is too large for a schema of this size" };
  if (measured.hasUniqueItems && data.longest > MAX_UNIQUE_ITEMS)
    return {
      kind: "unknown",
      because: `uniqueItems is looked at in lists of at most ${MAX_UNIQUE_ITEMS}`,
    };
  const validate = compile(schema, work);
  if (typeof validate === "string") return { kind: "unknown", because: validate };
  try {
    if (validate(value)) return { kind: "valid" };
  } catch (cause) {
    return { kind: "unknown", because: cause instanceof Error ? cause.message : String(cause) };
  }
  const [error] = validate.errors ?? [];
  const place = error?.instancePath === "" ? "the value" : (error?.instancePath ?? "the value");
  return { kind: "invalid", because: `${place} ${error?.message ?? "does not match"}` };
}

function compile(schema: unknown, work: Work): ValidateFunction | string {
  const options: Options = {
    strict: false,
    allErrors: false,
    ownProperties: true,
    validateFormats: false,
    logger: false,
    addUsedSchema: false,
    code: { regExp: linearRegExp(work) },
  };
  const isDraft7 =
    isObject(schema) &&
    typeof schema["$schema"] === "string" &&
    schema["$schema"].includes("draft-07");
  try {
    const ajv = isDraft7 ? new Ajv(options) : new Ajv2020(options);
    return ajv.compile(isObject(schema) ? withoutDialect(schema) : schema === true);
  } catch (cause) {
    return `cannot be used: ${(cause instanceof Error ? cause.message : String(cause)).slice(0, 200)}`;
  }
}

/** The dialect was chosen by now, and one that is not known would be looked for. */
function withoutDialect(schema: Readonly<Record<string, unknown>>) {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}

/** Takes the place of RegExp in ajv. */
function linearRegExp(work: Work) {
  const make = (source: string) => {
    const compiled = compilePattern({ source, flags: "" });
    if (compiled.kind === "bad") throw new Error(`the pattern ${source} ${compiled.because}`);
    const test = (text: string): boolean => {
      const found = findPattern(compiled.re, text, work);
      if (found === "unknown") throw new Error("its patterns would take too much work");
      return found === "found";
    };
    // ajv keeps one matcher for each text that this gives.
    return { test, toString: () => `/${source}/` };
  };
  return Object.assign(make, { code: "linear" });
}

type Measured = { readonly nodes: number; readonly hasUniqueItems: boolean };

/** The size of a schema with its references written out, or why it is refused. */
function measure(schema: unknown): Measured | string {
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch {
    return "is nested too deep";
  }
  if (text === undefined || text.length > MAX_SCHEMA_LENGTH) return "is larger than 64 KiB";
  const sizes = new Map<string, number>();
  const open = new Set<string>();
  let hasUniqueItems = false;
  const sizeOf = (node: unknown, depth: number): number => {
    if (depth > MAX_DEPTH) throw new Error(`is nested deeper than ${MAX_DEPTH}`);
    if (Array.isArray(node))
      return node.reduce((sum: number, one) => sum + sizeOf(one, depth + 1), 1);
    if (!isObject(node)) return 1;
    return Object.entries(node).reduce(
      (sum, [key, value]) => sum + sizeOfKey(key, value, depth),
      1,
    );
  };
  const sizeOfKey = (key: string, value: unknown, depth: number): number => {
    if (REFUSED.has(key) && typeof value !== "object")
      throw new Error(`uses ${key}, which is not read here`);
    if (key === "$ref") return sizeOfReference(value, depth);
    if (key === "uniqueItems" && value === true) hasUniqueItems = true;
    if (DATA.has(key)) return 1;
    if (NAMED.has(key) && isObject(value))
      return Object.values(value).reduce((sum: number, one) => sum + sizeOf(one, depth + 1), 1);
    return sizeOf(value, depth + 1);
  };
  const sizeOfReference = (reference: unknown, depth: number): number => {
    if (typeof reference !== "string" || !reference.startsWith("#"))
      throw new Error(`refers to ${JSON.stringify(reference).slice(0, 80)}, another document`);
    if (open.has(reference)) throw new Error(`refers to itself by ${reference.slice(0, 80)}`);
    const known = sizes.get(reference);
    if (known !== undefined) return known;
    open.add(reference);
    const size = sizeOf(followPointer(schema, reference), depth + 1);
    open.delete(reference);
    sizes.set(reference, size);
    return size;
  };
  try {
    const nodes = sizeOf(schema, 0);
    if (nodes > MAX_UNFOLDED)
      return `has more than ${MAX_UNFOLDED} parts once its references are written out`;
    return { nodes, hasUniqueItems };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function followPointer(schema: unknown, reference: string): unknown {
  let here: unknown = schema;
  for (const part of reference.split("/").slice(1)) {
    const key = unescapePointer(part);
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key))
      throw new Error(`refers to ${reference.slice(0, 80)}, which is not in it`);
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  if (reference !== "#" && !reference.startsWith("#/"))
    throw new Error(`refers to ${reference.slice(0, 80)}; write #/$defs/NAME`);
  return here;
}

function unescapePointer(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return part;
  }
}

/** Counts without recursion, since the value may be nested as deep as its text allowed. */
function measureData(value: unknown): { readonly values: number; readonly longest: number } {
  const open: unknown[] = [value];
  let values = 0;
  let longest = 0;
  while (open.length > 0) {
    const one = open.pop();
    values += 1;
    if (typeof one !== "object" || one === null) continue;
    const inner = Object.values(one);
    if (Array.isArray(one)) longest = Math.max(longest, inner.length);
    for (const each of inner) open.push(each);
  }
  return { values, longest };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
