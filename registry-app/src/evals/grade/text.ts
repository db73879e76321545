import { parseJson } from "../format/json-text.ts";
import type { Bytes, TextChecks } from "../format/types.ts";
import { makeCheck, quote, quoteValue, type Check } from "./check.ts";
import { isSameJson, parseJsonPath, readJsonPath } from "./json-path.ts";
import { validateJson } from "./json-schema.ts";
import { compilePattern, findPattern, type Work } from "./pattern.ts";

/** Files of the skill's folder by path. */
export type Fixtures = ReadonlyMap<string, Uint8Array>;

export type TextSubject = {
  /** What is looked at, in words: `stdout`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** There was more, which was not kept. */
  readonly isTruncated: boolean;
};

/** What the checks of one trial share. */
export type Grading = { readonly fixtures: Fixtures; readonly work: Work };

const MAX_JSON_DEPTH = 500;

/** Holds a text of a case against what its author expects. */
export function gradeText(
  checks: TextChecks,
  subject: TextSubject,
  grading: Grading,
): readonly Check[] {
  const text = new TextDecoder("utf-8").decode(subject.bytes);
  const { has, lacks } = checkContains(checks, subject, text);
  // What was cut off could still decide these otherwise.
  const ofWhole = [
    ...checkEquals(checks, subject, grading.fixtures),
    ...lacks,
    ...checkJson(checks, subject, text, grading),
  ];
  const decided = subject.isTruncated ? ofWhole.map(failAsCut) : ofWhole;
  return [...has, ...checkPatterns(checks, subject, text, grading.work), ...decided];
}

function failAsCut(check: Check): Check {
  return { ...check, passed: false, actual: `${check.actual} (it wrote more than is kept)` };
}

/** The bytes that a case names: written in it, or a file of the skill. */
export function bytesOf(bytes: Bytes, fixtures: Fixtures): Uint8Array | undefined {
  return bytes.kind === "text" ? Buffer.from(bytes.text) : fixtures.get(bytes.from);
}

function checkEquals(
  { equals, isEmpty }: TextChecks,
  { name, bytes, isTruncated }: TextSubject,
  fixtures: Fixtures,
): Check[] {
  const checks: Check[] = [];
  const shown = quote(Buffer.from(bytes.subarray(0, 2_000)).toString());
  if (isEmpty !== null) {
    const passed = (bytes.length === 0 && !isTruncated) === isEmpty;
    checks.push(
      makeCheck(
        `${name} is ${isEmpty ? "" : "not "}empty`,
        passed,
        isEmpty ? "nothing" : "something",
        shown,
      ),
    );
  }
  if (equals === null) return checks;
  const wanted = bytesOf(equals, fixtures);
  const expected =
    wanted === undefined ? "a file that is not there" : quote(Buffer.from(wanted).toString());
  const passed = wanted !== undefined && Buffer.from(wanted).equals(bytes);
  checks.push(makeCheck(`${name} equals`, passed, expected, shown));
  return checks;
}

function checkContains({ contains, notContains }: TextChecks, { name }: TextSubject, text: string) {
  const has = contains.map((part) =>
    makeCheck(`${name} contains`, text.includes(part), quote(part), quote(text)),
  );
  const lacks = notContains.map((part) => {
    const at = text.indexOf(part);
    const around = at === -1 ? text : text.slice(Math.max(0, at - 40), at + part.length + 40);
    return makeCheck(`${name} does not contain`, at === -1, `no ${quote(part)}`, quote(around));
  });
  return { has, lacks };
}

function checkPatterns({ patterns }: TextChecks, { name }: TextSubject, text: string, work: Work) {
  return patterns.map((pattern) => {
    const expected = `/${pattern.source}/${pattern.flags}`;
    const compiled = compilePattern(pattern);
    if (compiled.kind === "bad")
      return makeCheck(`${name} matches`, false, expected, `the pattern ${compiled.because}`);
    const found = findPattern(compiled.re, text, work);
    const actual =
      found === "unknown"
        ? `${text.length} characters, too many for the patterns of this case; keep it shorter`
        : quote(text);
    return makeCheck(`${name} matches`, found === "found", expected, actual);
  });
}

function checkJson(
  { json, jsonSchema }: TextChecks,
  { name }: TextSubject,
  text: string,
  { fixtures, work }: Grading,
): Check[] {
  if (json.length === 0 && jsonSchema === null) return [];
  const reading = parseJson(text, MAX_JSON_DEPTH);
  if (reading.kind === "bad")
    return [makeCheck(`${name} is JSON`, false, "JSON", `${quote(text)} ${reading.because}`)];
  const checks = json.map(({ path, value }) => {
    const actual = readJsonPath(reading.value, parseJsonPath(path) ?? [path]);
    const label = `${name} as JSON at ${path}`;
    return makeCheck(label, isSameJson(value, actual), quoteValue(value), quoteValue(actual));
  });
  if (jsonSchema === null) return checks;
  const schema =
    jsonSchema.kind === "inline" ? jsonSchema.schema : readSchema(jsonSchema.from, fixtures);
  const expected = jsonSchema.kind === "inline" ? quoteValue(schema) : jsonSchema.from;
  const verdict = validateJson(schema, reading.value, work);
  const actual = verdict.kind === "valid" ? quoteValue(reading.value) : verdict.because;
  return [
    ...checks,
    makeCheck(`${name} keeps its JSON schema`, verdict.kind === "valid", expected, actual),
  ];
}

/** A schema that cannot be read is one that nothing keeps, and the check says so. */
function readSchema(from: string, fixtures: Fixtures): unknown {
  const bytes = fixtures.get(from);
  if (bytes === undefined || bytes.length > MAX_SCHEMA_BYTES) return undefined;
  const reading = parseJson(Buffer.from(bytes).toString(), 40);
  return reading.kind === "json" ? reading.value : undefined;
}

const MAX_SCHEMA_BYTES = 64 * 1024;
