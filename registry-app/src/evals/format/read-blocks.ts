import { checkSchema } from "../grade/json-schema.ts";
import { findPatternFault } from "../grade/pattern.ts";
import { parseJsonPath } from "../grade/json-path.ts";
import type { Findings } from "./findings.ts";
import { sayPath } from "./findings.ts";
import { isPlainPath, resolveFile, toWorkPath } from "./paths.ts";
import type {
  ExpectText,
  FileChecksText,
  GraderText,
  InputText,
  TextChecksText,
} from "./schema.ts";
import type { Bytes, Expect, FileCheck, Grader, Input, Pattern, TextChecks } from "./types.ts";
import { toBytes, toMilliseconds } from "./units.ts";

/** What the readers of one case share: where it stands, what it is called, and which files there are. */
export type Reading = {
  readonly findings: Findings;
  readonly paths: ReadonlySet<string>;
  readonly label: string;
  readonly at: readonly PropertyKey[];
};

const listOf = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given as T];

export const within = (reading: Reading, ...keys: readonly PropertyKey[]): Reading => ({
  ...reading,
  at: [...reading.at, ...keys],
});

function fieldOf({ label, at }: Reading): string {
  return `${label}: ${sayPath(at.slice(2))}`;
}

/** The bytes of a file of the skill; told when it is not there. */
export function readFile(reading: Reading, given: string): Bytes {
  const from = resolveFile(given, reading.paths);
  if (from === undefined)
    reading.findings.error(
      "evals-file",
      reading.at,
      `${fieldOf(reading)} names ${JSON.stringify(given)}, which is not in the skill`,
      `Add evals/files/${given.split("/").at(-1) ?? given}, or write the path from the skill's folder.`,
    );
  return { kind: "file", from: from ?? given };
}

export function readInputs(reading: Reading, given: readonly InputText[]): readonly Input[] {
  const taken = new Map<string, string>();
  return given.map((input, index) => {
    const here = within(reading, index);
    const read = readInput(here, typeof input === "string" ? { path: input, from: input } : input);
    const path = toWorkPath(read.path);
    const clash = [...taken.keys()].find(
      (one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`),
    );
    if (!isPlainPath(path) || clash !== undefined)
      here.findings.error(
        "evals-file",
        here.at,
        clash === undefined
          ? `${fieldOf(here)} has the path ${JSON.stringify(path)}, which does not lie below /work`
          : `${fieldOf(here)} lies where ${JSON.stringify(clash)} lies`,
        "Write each file once, relative, without . and .. in its path.",
      );
    taken.set(path, path);
    return { ...read, path };
  });
}

function readInput(reading: Reading, given: Exclude<InputText, string>): Input {
  const isExecutable = given.mode?.endsWith("755") === true;
  if (given.content !== undefined && given.from !== undefined)
    reading.findings.error(
      "evals-field",
      reading.at,
      `${fieldOf(reading)} has both from and content`,
      "Keep one of them.",
    );
  const bytes: Bytes =
    given.content === undefined
      ? readFile(reading, given.from ?? given.path)
      : { kind: "text", text: given.content };
  return { path: given.path, bytes, isExecutable };
}

export const NO_TEXT_CHECKS: TextChecks = {
  equals: null,
  contains: [],
  notContains: [],
  patterns: [],
  json: [],
  jsonSchema: null,
  isEmpty: null,
};

export function readTextChecks(reading: Reading, given: TextChecksText | undefined): TextChecks {
  if (given === undefined) return NO_TEXT_CHECKS;
  if (given.equals !== undefined && given.equals_file !== undefined)
    reading.findings.error(
      "evals-field",
      reading.at,
      `${fieldOf(reading)} has both equals and equals_file`,
      "Keep one of them.",
    );
  const equals: Bytes | null =
    given.equals_file !== undefined
      ? readFile(within(reading, "equals_file"), given.equals_file)
      : given.equals !== undefined
        ? { kind: "text", text: given.equals }
        : null;
  return {
    equals,
    contains: listOf(given.contains),
    notContains: listOf(given.not_contains),
    patterns: listOf(given.regex).map((one) => readPattern(within(reading, "regex"), one)),
    json: Object.entries(given.json ?? {}).map(([path, value]) => {
      if (parseJsonPath(path) === undefined)
        reading.findings.error(
          "evals-field",
          [...reading.at, "json", path],
          `${fieldOf(reading)}.json has the path ${JSON.stringify(path)}, which is not understood`,
          'Write keys with dots and places in brackets: items[0].name, or ["odd key"].',
        );
      return { path, value };
    }),
    jsonSchema: readSchema(within(reading, "json_schema"), given.json_schema),
    isEmpty: given.empty ?? null,
  };
}

function readSchema(
  reading: Reading,
  given: TextChecksText["json_schema"],
): TextChecks["jsonSchema"] {
  if (given === undefined) return null;
  if (typeof given === "string") {
    const bytes = readFile(reading, given);
    return { kind: "file", from: bytes.kind === "file" ? bytes.from : given };
  }
  const fault = checkSchema(given);
  if (fault !== undefined)
    reading.findings.error(
      "evals-schema",
      reading.at,
      `${fieldOf(reading)} ${fault}`,
      "Write a JSON schema without references to other documents, without recursion, of at most 64 KiB.",
    );
  return { kind: "inline", schema: given };
}

function readPattern(
  reading: Reading,
  given: string | { pattern: string; flags: string },
): Pattern {
  const pattern =
    typeof given === "string"
      ? { source: given, flags: "" }
      : { source: given.pattern, flags: given.flags };
  const fault = findPatternFault(pattern);
  if (fault !== undefined)
    reading.findings.error(
      "evals-pattern",
      reading.at,
      `${fieldOf(reading)}: the pattern ${JSON.stringify(pattern.source)} ${fault}`,
      "Write an RE2 pattern: no look-around, no back-references, repeats of at most 1000.",
    );
  return pattern;
}

export function readExpect(reading: Reading, given: Partial<ExpectText> = {}): Expect {
  const codes = given.exit_code ?? 0;
  return {
    exitCodes: codes === "nonzero" ? codes : listOf(codes),
    stdout: readTextChecks(within(reading, "stdout"), given.stdout),
    stderr: readTextChecks(within(reading, "stderr"), given.stderr),
    files: Object.entries(given.files ?? {}).map(([path, check]) =>
      readFileCheck(within(reading, "files", path), path, check),
    ),
    hasNoOtherFiles: given.no_other_files === true,
    maxDurationMs: given.max_duration === undefined ? null : toMilliseconds(given.max_duration),
    maxMemoryBytes: given.max_memory === undefined ? null : toBytes(given.max_memory),
  };
}

function readFileCheck(reading: Reading, path: string, given: FileChecksText): FileCheck {
  if (!isPlainPath(path))
    reading.findings.error(
      "evals-file",
      reading.at,
      `${fieldOf(reading)} does not lie below /work`,
      "Write the path relative to /work, without . and .. in it.",
    );
  if (typeof given === "boolean")
    return {
      path,
      exists: given,
      minBytes: null,
      maxBytes: null,
      sha256: null,
      text: NO_TEXT_CHECKS,
    };
  const { exists = true, min_bytes = null, max_bytes = null, sha256 = null, ...checks } = given;
  const text = readTextChecks(reading, checks);
  return { path, exists, minBytes: min_bytes, maxBytes: max_bytes, sha256, text };
}

export function readGraders(
  reading: Reading,
  given: readonly GraderText[],
  timeoutMs: number,
): readonly Grader[] {
  return given.map((grader, index) => readGrader(within(reading, index), grader, timeoutMs));
}

function readGrader(reading: Reading, given: GraderText, timeoutMs: number): Grader {
  const place = Number(reading.at.at(-1)) + 1;
  const graded = {
    name: given.name ?? `grader ${place}`,
    weight: given.weight ?? 1,
    isRequired: given.required ?? given.type !== "llm",
  };
  switch (given.type) {
    case "text":
      return {
        ...graded,
        kind: "text",
        target: given.target.startsWith("file:")
          ? { kind: "file", path: given.target.slice("file:".length) }
          : { kind: given.target === "transcript" ? "transcript" : "final" },
        expect: readTextChecks(within(reading, "expect"), given.expect),
      };
    case "script":
      return {
        ...graded,
        kind: "script",
        command: given.command,
        timeoutMs: Math.min(
          given.timeout === undefined ? timeoutMs : toMilliseconds(given.timeout),
          timeoutMs,
        ),
        minScore: given.min_score ?? 1,
      };
    case "trace":
      return {
        ...graded,
        kind: "trace",
        isSkillRead: given.skill_read ?? null,
        ran: listOf(given.ran).map((one) => readPattern(within(reading, "ran"), one)),
        notRan: listOf(given.not_ran).map((one) => readPattern(within(reading, "not_ran"), one)),
        maxToolCalls: given.max_tool_calls ?? null,
        maxTokens: given.max_tokens ?? null,
      };
    case "llm":
      return {
        ...graded,
        kind: "model",
        criteria: listOf(given.criteria),
        model: given.model ?? null,
        samples: given.samples ?? 1,
      };
  }
}
