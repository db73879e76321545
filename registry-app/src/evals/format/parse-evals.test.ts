import {
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  json,
  object,
  oneof,
  property,
  record,
  string,
  uint8Array,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { SCAFFOLD } from "../../../bin/author/scaffold.ts";
import { makeEvalsSchema } from "./json-schema.ts";
import { parseEvals } from "./parse-evals.ts";

const PATHS = new Set([
  "SKILL.md",
  "scripts/run.sh",
  "evals/evals.json",
  "evals/files/data.csv",
  "evals/files/want.json",
  "evals/check.py",
]);
const read = (value: unknown, paths: ReadonlySet<string> = PATHS) =>
  parseEvals(Buffer.from(typeof value === "string" ? value : JSON.stringify(value, null, 2)), {
    paths,
    skillName: "demo",
  });
const cases = (value: unknown) => {
  const reading = read(value);
  if (reading.kind === "invalid") throw new Error(JSON.stringify(reading.findings));
  return reading.suite.cases;
};

/** As the guide of the specification writes them. */
const WITH_ASSERTIONS = {
  skill_name: "demo",
  evals: [
    {
      id: 1,
      prompt: "Summarise sales.csv",
      expected_output: "A table with one row for each month",
      files: ["evals/files/data.csv"],
      assertions: ["The table has 12 rows", "Totals are right"],
    },
  ],
};
/** As the tool that makes skills writes them. */
const WITH_EXPECTATIONS = {
  skill_name: "demo",
  evals: [
    { id: 1, prompt: "Do it", expected_output: "Done", files: [], expectations: ["It is done"] },
    { prompt: "Only what is expected", expected_output: "Three bullet points" },
    {
      id: "objects",
      prompt: "Do it in another way",
      assertions: [
        { name: "has", description: "Has a heading", check: "content_contains", pattern: "# " },
        { odd: true },
      ],
      vendor: { difficulty: "hard" },
    },
  ],
  vendor_note: "kept",
};
const OURS = {
  $schema: "https://registry.example/schemas/evals.json",
  version: 1,
  defaults: { limits: { timeout: "10s" }, trials: 2 },
  evals: [
    {
      id: "script",
      run: ["sh", "/skill/scripts/run.sh"],
      stdin: { file: "data.csv" },
      files: ["evals/files/data.csv", { path: "in/note.txt", content: "hi", mode: "0755" }],
      expect: {
        exit_code: [0, 3],
        stdout: {
          contains: "a",
          not_contains: ["b", "c"],
          regex: { pattern: "^a+$", flags: "m" },
          json: { "items[0].name": "x" },
          json_schema: { type: "object", properties: { a: { type: "string" } } },
        },
        stderr: { empty: true },
        files: { "out.json": { equals_file: "want.json", min_bytes: 2 }, "tmp.txt": false },
        no_other_files: true,
        max_duration: "2s",
        max_memory: "64Mi",
      },
      limits: { timeout: "5s", memory: "128Mi", pids: 32 },
      pass: { at_least: 1 },
      graders: [{ type: "script", command: ["python3", "evals/check.py"] }],
    },
    { id: "shell", run: "echo $((1+1))", trials: 1, expect: { exit_code: "nonzero" } },
    {
      id: "agent",
      prompt: "Do it",
      baseline: "no_skill",
      graders: [
        { type: "text", target: "file:out.md", expect: { contains: "# " } },
        { type: "trace", skill_read: true, ran: "git log", not_ran: ["rm -rf"], max_tool_calls: 9 },
        { type: "llm", criteria: ["It is short"], samples: 3, required: true },
      ],
    },
    { id: "trigger", query: "Sum up this file", should_trigger: true },
  ],
};

describe("evals.json", () => {
  it("of both dialects in use is read unchanged, with fields of other tools in it", () => {
    expect(cases(WITH_ASSERTIONS)).toMatchObject([
      {
        kind: "agent",
        id: "1",
        isRequired: false,
        inputs: [{ path: "data.csv", bytes: { kind: "file", from: "evals/files/data.csv" } }],
        graders: [{ kind: "model", criteria: ["The table has 12 rows", "Totals are right"] }],
      },
    ]);
    expect(cases(WITH_EXPECTATIONS)).toMatchObject([
      { graders: [{ criteria: ["It is done"] }] },
      { id: "case-2", graders: [{ criteria: ["The result is as expected: Three bullet points"] }] },
      { id: "objects", graders: [{ criteria: ["Has a heading", '{"odd":true}'] }] },
    ]);
  });

  it("of ours is read with every default filled in", () => {
    const [script, shell, agent, trigger] = cases(OURS);
    expect(script).toMatchObject({
      kind: "script",
      isRequired: true,
      trials: 2,
      pass: { kind: "at-least", passes: 1 },
      stdin: { kind: "file", from: "evals/files/data.csv" },
      inputs: [{ path: "data.csv" }, { path: "in/note.txt", isExecutable: true }],
      limits: { timeoutMs: 5_000, memoryBytes: 128 * 1024 * 1024, pids: 32 },
      expect: { exitCodes: [0, 3], hasNoOtherFiles: true, maxDurationMs: 2_000 },
    });
    expect(shell).toMatchObject({
      command: ["bash", "-c", "echo $((1+1))"],
      limits: { timeoutMs: 10_000 },
      expect: { exitCodes: "nonzero" },
    });
    expect(agent).toMatchObject({ kind: "agent", isRequired: false, baseline: "no-skill" });
    expect(agent?.graders.map(({ kind, isRequired }) => [kind, isRequired])).toEqual([
      ["text", true],
      ["trace", true],
      ["model", true],
    ]);
    expect(trigger).toMatchObject({ kind: "trigger", pass: { kind: "at-least", passes: 1 } });
  });

  it("that assay init writes is valid", () => {
    const text = SCAFFOLD.get("skills/hello/evals/evals.json") ?? "";
    const paths = new Set(["SKILL.md", "scripts/greet.sh", "evals/evals.json"]);
    const reading = parseEvals(Buffer.from(text), { paths, skillName: "hello" });
    expect(reading).toMatchObject({ kind: "suite", warnings: [] });
  });

  it("is cut to what the registry gives, and says so with its line", () => {
    const reading = read({ evals: [{ id: "a", run: "true", limits: { timeout: "20m" } }] });
    expect(reading).toMatchObject({
      kind: "suite",
      suite: { cases: [{ limits: { timeoutMs: 120_000 } }] },
      warnings: [{ rule: "evals-limits", line: 6, message: expect.stringContaining("1200 s") }],
    });
  });

  const script = (more: object) => ({ evals: [{ id: "a", run: ["true"], ...more }] });
  it.each<[string, unknown, string, RegExp, number]>([
    ["no JSON", "{\n  nope", "evals-json", /is not JSON/, 2],
    ["a list", [], "evals-field", /expected object/, 1],
    ["no case list", {}, "evals-field", /evals/, 1],
    ["a case that is nothing", { evals: [{ id: "a" }] }, "evals-kind", /none of run, prompt/, 3],
    ["a case that is two", script({ prompt: "x" }), "evals-kind", /run and prompt/, 3],
    ["a case that is a text", { evals: ["run"] }, "evals-kind", /not an object/, 3],
    ["a script without an id", { evals: [{ run: "true" }] }, "evals-id", /no id/, 3],
    [
      "an id twice",
      {
        evals: [
          { id: 1, run: "true" },
          { id: "1", run: "true" },
        ],
      },
      "evals-id",
      /line 3/,
      8,
    ],
    ["a misspelt check", script({ expect: { stdot: {} } }), "evals-field", /"stdot"/, 9],
    ["a misspelt limit", script({ limits: { time: "3s" } }), "evals-field", /limits.*"time"/, 9],
    ["a time without unit", script({ limits: { timeout: "30" } }), "evals-field", /timeout/, 9],
    ["a number as time", script({ limits: { timeout: 30 } }), "evals-field", /timeout/, 9],
    ["a missing file", script({ files: ["nope.csv"] }), "evals-file", /nope\.csv/, 9],
    ["a path out", script({ files: [{ path: "../x", content: "" }] }), "evals-file", /\/work/, 9],
    [
      "a file in a file",
      script({
        files: [
          { path: "a", content: "" },
          { path: "a/b", content: "" },
        ],
      }),
      "evals-file",
      /lies where/,
      13,
    ],
    [
      "look-around",
      script({ expect: { stdout: { regex: "(?=a)b" } } }),
      "evals-pattern",
      /cannot be used/,
      10,
    ],
    [
      "a schema elsewhere",
      script({ expect: { stdout: { json_schema: { $ref: "https://x.example/s.json" } } } }),
      "evals-schema",
      /another document/,
      10,
    ],
    [
      "an odd path",
      script({ expect: { stdout: { json: { "a..b": 1 } } } }),
      "evals-field",
      /a\.\.b/,
      11,
    ],
    ["too many passes", script({ pass: { at_least: 3 } }), "evals-field", /3 of 1/, 8],
    [
      "a trace of a script",
      script({ graders: [{ type: "trace", skill_read: true }] }),
      "evals-field",
      /trace of an agent/,
      9,
    ],
    ["an unknown grader", script({ graders: [{ type: "vibes" }] }), "evals-field", /graders/, 10],
    ["a prototype", '{"evals": [], "__proto__": {"x": 1}}', "evals-field", /__proto__/, 1],
    ["201 cases", { evals: Array.from({ length: 201 }, () => ({})) }, "evals-field", /200/, 2],
    ["another version", { version: 2, evals: [] }, "evals-field", /version/, 2],
    ["depth", `{"evals": ${"[".repeat(500)}${"]".repeat(500)}}`, "evals-json", /deeper/, 1],
    ["10 MB", `{"evals": [], "x": "${"a".repeat(10_000_000)}"}`, "evals-too-large", /1 MiB/, 1],
  ])("with %s is told with rule, line and what to write", (_name, value, rule, message, line) => {
    const reading = read(value);
    if (reading.kind === "suite") throw new Error("it was read");
    const [first] = reading.findings;
    expect(first).toMatchObject({ rule, line, file: "evals/evals.json", column: 1 });
    expect(first?.message).toMatch(message);
    expect(first?.fix.length).toBeGreaterThan(5);
  });

  it("never throws, whatever its bytes are", () => {
    const odd = oneof(
      uint8Array({ maxLength: 200 }),
      json().map((text) => Buffer.from(`{"evals": [${text}]}`)),
      record(
        {
          id: oneof(integer(), string()),
          run: oneof(string(), array(string())),
          expect: object({ maxDepth: 3 }),
          limits: dictionary(constantFrom("timeout", "memory", "x"), string()),
        },
        { requiredKeys: [] },
      ).map((one) => Buffer.from(JSON.stringify({ evals: [one] }))),
    );
    assert(
      property(odd, (bytes) => {
        const reading = parseEvals(bytes, { paths: PATHS });
        expect(reading.kind === "suite" || reading.findings.length > 0).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("is accepted by the published JSON schema where the parser accepts it, and refused where a field is misspelt", () => {
    const schema = makeEvalsSchema("https://registry.example/schemas/evals.json");
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const good of [WITH_ASSERTIONS, WITH_EXPECTATIONS, OURS])
      expect([validate(good), validate.errors]).toEqual([true, null]);
    expect(validate(script({ limits: { time: "3s" } }))).toBe(false);
    expect(validate({ evals: [{ id: "a" }] })).toBe(false);
  });
});
