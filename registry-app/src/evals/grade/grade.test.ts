import { array, assert, jsonValue, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Artifact } from "@assay/sandbox";
import { NO_TEXT_CHECKS } from "../format/read-blocks.ts";
import type { Expect, TextChecks } from "../format/types.ts";
import { gradeFiles } from "./files.ts";
import { isSameJson, parseJsonPath, readJsonPath } from "./json-path.ts";
import { checkSchema, validateJson } from "./json-schema.ts";
import { compilePattern, findPattern, PATTERN_WORK } from "./pattern.ts";
import { gradeProcess, type Ran } from "./process.ts";
import { gradeText } from "./text.ts";

const SECOND_MS = 1_000;
const fixtures = new Map([
  ["evals/want.txt", Buffer.from("same\n")],
  ["evals/schema.json", Buffer.from('{"type": "array"}')],
]);
const fresh = () => ({ fixtures, work: { left: PATTERN_WORK } });
const passes = (checks: Partial<TextChecks>, text: string | Uint8Array, isTruncated = false) =>
  gradeText(
    { ...NO_TEXT_CHECKS, ...checks },
    { name: "stdout", bytes: Buffer.from(text), isTruncated },
    fresh(),
  ).every(({ passed }) => passed);

describe("text checks", () => {
  const text = (words: string) => ({ kind: "text", text: words }) as const;
  const pattern = (source: string, flags = "") => ({ patterns: [{ source, flags }] });
  it.each<[string, Partial<TextChecks>, string, boolean]>([
    ["equals", { equals: text("a\n") }, "a\n", true],
    ["equals to the byte", { equals: text("a") }, "a\n", false],
    ["equals a file", { equals: { kind: "file", from: "evals/want.txt" } }, "same\n", true],
    ["equals a file that is gone", { equals: { kind: "file", from: "evals/no" } }, "", false],
    ["contains all", { contains: ["a", "b"] }, "ab", true],
    ["contains but one", { contains: ["a", "c"] }, "ab", false],
    ["lacks", { notContains: ["c"] }, "ab", true],
    ["lacks not", { notContains: ["b"] }, "ab", false],
    ["a pattern", pattern("^b$", "m"), "a\nb\n", true],
    ["a pattern whatever the case", pattern("B", "i"), "ab", true],
    ["a pattern that is absent", pattern("^b$"), "a\nb\n", false],
    [
      "JSON at a path",
      { json: [{ path: "a[1].b", value: [1, { c: null }] }] },
      '{"a": [0, {"b": [1, {"c": null}]}]}',
      true,
    ],
    ["other JSON at a path", { json: [{ path: "a", value: "1" }] }, '{"a": 1}', false],
    [
      "JSON of the prototype",
      { json: [{ path: "constructor.name", value: "Object" }] },
      "{}",
      false,
    ],
    ["no JSON", { json: [{ path: "a", value: 1 }] }, "a: 1", false],
    ["a schema", { jsonSchema: { kind: "inline", schema: { required: ["a"] } } }, '{"a": 1}', true],
    [
      "a schema in a file",
      { jsonSchema: { kind: "file", from: "evals/schema.json" } },
      "{}",
      false,
    ],
    ["a schema that is gone", { jsonSchema: { kind: "file", from: "evals/gone" } }, "{}", false],
    ["emptiness", { isEmpty: true }, "", true],
    ["no emptiness", { isEmpty: true }, "\n", false],
  ])("hold %s", (_name, checks, given, expected) => {
    expect(passes(checks, given)).toBe(expected);
  });

  it("are not passed by a text that was cut where the rest could decide", () => {
    expect(passes({ contains: ["a"] }, "a", true)).toBe(true);
    for (const checks of [
      { notContains: ["b"] },
      { equals: text("a") },
      { json: [{ path: "$", value: 1 }] },
    ])
      expect(passes(checks, "json" in checks ? "1" : "a", true)).toBe(false);
  });

  it("take a second or so over 10 MB that a case wrote, and keep little of it", () => {
    const start = performance.now();
    const checks = gradeText(
      {
        ...NO_TEXT_CHECKS,
        equals: text("a"),
        contains: ["b"],
        notContains: ["a"],
        ...pattern("(a+)+b"),
        json: [{ path: "a", value: 1 }],
      },
      { name: "stdout", bytes: Buffer.alloc(10 * 1024 * 1024, "a"), isTruncated: false },
      fresh(),
    );
    expect(checks.map(({ passed }) => passed)).toEqual([false, false, false, false, false]);
    expect(JSON.stringify(checks).length).toBeLessThan(5_000);
    expect(performance.now() - start).toBeLessThan(5 * SECOND_MS);
  });

  it("show what was there cut and visible, so that it cannot steer a terminal", () => {
    const [check] = gradeText(
      { ...NO_TEXT_CHECKS, contains: ["x"] },
      {
        name: "stdout",
        bytes: Buffer.from(`\u001b[2J\u202e\u0000${"a".repeat(10_000)}`),
        isTruncated: false,
      },
      fresh(),
    );
    expect(check?.actual).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(check?.actual.length).toBeLessThan(400);
  });
});

describe("patterns of strangers", () => {
  it.each(["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
    "like %s take linear time on a megabyte",
    (source) => {
      const start = performance.now();
      passes({ patterns: [{ source, flags: "" }] }, `${"a".repeat(1024 * 1024)}!`);
      expect(performance.now() - start).toBeLessThan(5 * SECOND_MS);
    },
  );

  it.each([
    "(?=a)",
    "(a)\\1",
    "a{2000}",
    "((a{100}){100}){100}",
    "(",
    "x".repeat(501),
    "(?:x{0,1000}){1}".repeat(20),
  ])("like %s are refused", (source) =>
    expect(compilePattern({ source, flags: "" }).kind).toBe("bad"),
  );

  it("share what one trial may take, and none is passed without having been looked at", () => {
    const compiled = compilePattern({ source: "[ab]*a[ab]{400}c", flags: "" });
    if (compiled.kind === "bad") throw new Error(compiled.because);
    const work = { left: PATTERN_WORK };
    expect(findPattern(compiled.re, "a".repeat(200_000), work)).toBe("unknown");
    expect(findPattern(compiled.re, "a".repeat(90_000), work)).toBe("absent");
    expect(findPattern(compiled.re, "a".repeat(90_000), work)).toBe("unknown");
  });
});

describe("JSON paths", () => {
  it.each<[string, readonly (string | number)[] | undefined]>([
    ["a", ["a"]],
    ["$", []],
    ["$.a", ["a"]],
    ["$[0]", [0]],
    ["a.b[0][1].c", ["a", "b", 0, 1, "c"]],
    ['["a.b"].c', ["a.b", "c"]],
    ["a-b.ü", ["a-b", "ü"]],
    ["", undefined],
    ["a..b", undefined],
    [".a", undefined],
    ["a[*]", undefined],
    ["*", undefined],
    ["a[-1]", undefined],
    ["a[?(@.b)]", undefined],
    ["a[0]b", undefined],
  ])("%s reads as %j", (path, steps) => expect(parseJsonPath(path)).toEqual(steps));

  it("find the value that lies at the keys they are made of", () => {
    const key = string({ minLength: 1, maxLength: 10 }).filter((text) => text !== "__proto__");
    assert(
      property(array(key, { minLength: 1, maxLength: 5 }), jsonValue(), (keys, leaf) => {
        const value = keys.reduceRight<unknown>((inner, one) => ({ [one]: inner }), leaf);
        const steps = parseJsonPath(keys.map((one) => `[${JSON.stringify(one)}]`).join(""));
        expect(isSameJson(readJsonPath(value, steps ?? []), leaf)).toBe(true);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe("JSON schemas of strangers", () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [
      `d${at}`,
      { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
    ]),
  );
  const deep = (depth: number): object => (depth === 0 ? {} : { not: deep(depth - 1) });
  it.each<[string, unknown, RegExp]>([
    ["another document", { $ref: "https://x.example/a.json" }, /another document/],
    ["a file", { $ref: "file:///etc/passwd" }, /another document/],
    ["itself", { properties: { a: { $ref: "#" } } }, /refers to itself/],
    [
      "a loop",
      { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" },
      /itself/,
    ],
    ["what is not there", { $ref: "#/$defs/constructor" }, /not in it/],
    ["doubling", { $defs: { ...doubling, d12: {} }, $ref: "#/$defs/d0" }, /more than 2000 parts/],
    ["depth", deep(60), /deeper/],
    ["size", { enum: ["a".repeat(70_000)] }, /64 KiB/],
    ["look-around", { pattern: "(?=a)" }, /pattern/],
    ["another base", { $id: "https://x.example/" }, /\$id/],
    ["async", { $async: true }, /\$async/],
    ["no schema", { type: "colour" }, /cannot be used/],
  ])("with %s are refused", (_name, schema, because) => {
    expect(checkSchema(schema)).toMatch(because);
  });

  it("are held against values by draft 2020-12, or by draft 7 where they say so", () => {
    const verdict = (schema: unknown, value: unknown) =>
      validateJson(schema, value, { left: PATTERN_WORK }).kind;
    const person = {
      type: "object",
      properties: {
        name: { type: "string", pattern: "^[a-z]+$" },
        constructor: { type: "number" },
      },
      required: ["name"],
      $defs: { unused: { type: "string" } },
    };
    expect(verdict(person, { name: "ada" })).toBe("valid");
    expect(verdict(person, { name: "Ada" })).toBe("invalid");
    expect(verdict({ required: ["constructor"] }, {})).toBe("invalid");
    expect(verdict({ prefixItems: [{ type: "string" }] }, [1])).toBe("invalid");
    const draft7 = {
      $schema: "http://json-schema.org/draft-07/schema#",
      items: [{ type: "string" }],
    };
    expect(verdict(draft7, [1])).toBe("invalid");
    expect(verdict(true, 1)).toBe("valid");
    expect(verdict(false, 1)).toBe("invalid");
  });

  it("take bounded work, and what was not looked at is not valid", () => {
    const start = performance.now();
    const work = { left: PATTERN_WORK };
    const wide = { items: { allOf: Array.from({ length: 500 }, () => ({ minimum: 0 })) } };
    expect(
      validateJson(
        wide,
        Array.from({ length: 200_000 }, () => 1),
        work,
      ).kind,
    ).toBe("unknown");
    expect(
      validateJson(
        { uniqueItems: true },
        Array.from({ length: 50_000 }, (_, at) => ({ at })),
        work,
      ).kind,
    ).toBe("unknown");
    const evil = { items: { pattern: "^[ab]*a[ab]{300}" } };
    expect(
      validateJson(
        evil,
        Array.from({ length: 2_000 }, () => "a".repeat(500)),
        work,
      ).kind,
    ).toBe("unknown");
    let nested: unknown = 1;
    for (let at = 0; at < 400; at += 1) nested = [nested];
    expect(validateJson({ type: "array" }, nested, work).kind).toBe("valid");
    expect(performance.now() - start).toBeLessThan(10 * SECOND_MS);
  });
});

const EXPECT: Expect = {
  exitCodes: [0],
  stdout: NO_TEXT_CHECKS,
  stderr: NO_TEXT_CHECKS,
  files: [],
  hasNoOtherFiles: false,
  maxDurationMs: null,
  maxMemoryBytes: null,
};
const stream = { bytes: new Uint8Array(), totalBytes: 0, isTruncated: false };
const RAN: Ran = {
  kind: "ran",
  end: "exit",
  exitCode: 0,
  signal: null,
  stdout: stream,
  stderr: stream,
  files: [],
  notes: [],
  durationMs: 100,
  cpuMs: 50,
  peakMemoryBytes: 1_000,
  oomKills: 0,
};

describe("process checks", () => {
  it.each<[string, Partial<Expect>, Partial<Ran>, boolean]>([
    ["exit code 0", {}, {}, true],
    ["another exit code", {}, { exitCode: 3 }, false],
    ["one of several", { exitCodes: [0, 3] }, { exitCode: 3 }, true],
    ["any but 0", { exitCodes: "nonzero" }, { exitCode: 9 }, true],
    ["0 where it should not be", { exitCodes: "nonzero" }, {}, false],
    [
      "a signal is no exit code",
      { exitCodes: "nonzero" },
      { end: "signal", exitCode: 137, signal: "SIGKILL" },
      false,
    ],
    ["too much output", {}, { end: "output-limit", exitCode: 0 }, false],
    ["a child that ran out of memory", {}, { oomKills: 1 }, false],
    ["a little too slow is told only", { maxDurationMs: 60 }, {}, true],
    ["far too slow", { maxDurationMs: 40 }, {}, false],
    ["far too large", { maxMemoryBytes: 400 }, {}, false],
  ])("say of %s: %j %j", (_name, expected, ran, isFine) => {
    const checks = gradeProcess({ ...EXPECT, ...expected }, { ...RAN, ...ran });
    expect(checks.filter(({ isRequired }) => isRequired).every(({ passed }) => passed)).toBe(
      isFine,
    );
  });
});

describe("file checks", () => {
  const file = (path: string, text: string | null): Artifact => ({
    path,
    kind: "file",
    target: null,
    mode: 0o644,
    sizeBytes: text?.length ?? 99,
    content: text === null ? null : Buffer.from(text),
  });
  const check = (path: string, more: object = {}) => ({
    path,
    exists: true,
    minBytes: null,
    maxBytes: null,
    sha256: null,
    text: NO_TEXT_CHECKS,
    ...more,
  });
  const SUM = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  const link: Artifact = { ...file("out", null), kind: "link", target: "/etc/passwd" };
  it.each<[string, Expect["files"], readonly Artifact[], boolean, boolean]>([
    ["a file that is there", [check("out")], [file("out", "a")], false, true],
    ["a file that is not", [check("out")], [], false, false],
    ["a link in its place", [check("out")], [link], false, false],
    [
      "a file that should not be",
      [check("out", { exists: false })],
      [file("out", "a")],
      false,
      false,
    ],
    ["its absence", [check("out", { exists: false })], [], false, true],
    ["its size", [check("out", { minBytes: 1, maxBytes: 1 })], [file("out", "a")], false, true],
    ["too small", [check("out", { minBytes: 2 })], [file("out", "a")], false, false],
    ["too large", [check("out", { maxBytes: 0 })], [file("out", "a")], false, false],
    ["its sum", [check("out", { sha256: SUM })], [file("out", "a")], false, true],
    ["another sum", [check("out", { sha256: SUM })], [file("out", "b")], false, false],
    [
      "a sum of what was left behind",
      [check("out", { sha256: SUM })],
      [file("out", null)],
      false,
      false,
    ],
    [
      "its text",
      [check("out", { text: { ...NO_TEXT_CHECKS, contains: ["a"] } })],
      [file("out", "a")],
      false,
      true,
    ],
    ["no others but inputs", [check("out")], [file("out", "a"), file("in", "")], true, true],
    ["another", [check("out")], [file("out", "a"), file("x\u001b\n", "")], true, false],
  ])("judge %s", (_name, files, artifacts, hasNoOtherFiles, isFine) => {
    const how = { inputs: ["in"], grading: fresh() };
    const checks = gradeFiles({ files, hasNoOtherFiles }, artifacts, how);
    expect(checks.every(({ passed }) => passed)).toBe(isFine);
    expect(JSON.stringify(checks)).not.toContain("\u001b");
  });
});
