import {
  createFindings,
  makeFormatFinding,
  placeFindings,
  type Findings,
  type Rule,
} from "./findings.ts";
import { findLines, parseJson } from "./json-text.ts";
import { DEFAULT_POLICY, type LimitPolicy } from "./limits.ts";
import { check, readCase, type Defaults } from "./read-case.ts";
import { fileSchema, FORMAT_LIMITS } from "./schema.ts";
import type { EvalCase, SuiteReading } from "./types.ts";
import { saySize } from "./units.ts";

export type ParseOptions = {
  /** Every file of the skill's folder, relative to it. */
  readonly paths: ReadonlySet<string>;
  /** `name` of SKILL.md; undefined leaves it uncompared. */
  readonly skillName?: string | undefined;
  readonly policy?: LimitPolicy;
};

/** Reads evals/evals.json of a stranger: a suite to run, or everything that has to be mended first. */
export function parseEvals(bytes: Uint8Array, options: ParseOptions): SuiteReading {
  const text = readText(bytes);
  if (typeof text !== "string") return text;
  const json = parseJson(text, FORMAT_LIMITS.depth);
  if (json.kind === "bad")
    return invalid("evals-json", json.line, `The file ${json.because}`, "Correct the JSON.");
  const findings = createFindings();
  const reserved = findReserved(json.value, []);
  if (reserved !== undefined)
    findings.error("evals-field", reserved, "There is a field __proto__", "Remove it.");
  const label = "The file";
  const top = { findings, paths: options.paths, label, at: [] };
  const file = reserved === undefined ? check(top, fileSchema, json.value) : undefined;
  const cases =
    file === undefined
      ? []
      : readCases(findings, text, file.evals, file.defaults ?? {}, {
          policy: DEFAULT_POLICY,
          ...options,
        });
  if (file?.skill_name !== undefined && options.skillName !== undefined)
    compareNames(findings, file.skill_name, options.skillName);
  if (findings.errors.length > 0 || file === undefined)
    return { kind: "invalid", findings: placeFindings(text, findings.errors) };
  const suite = { skillName: file.skill_name ?? null, cases };
  return { kind: "suite", suite, warnings: placeFindings(text, findings.warnings) };
}

function readText(bytes: Uint8Array): string | SuiteReading {
  if (bytes.length > FORMAT_LIMITS.fileBytes)
    return invalid(
      "evals-too-large",
      1,
      `The file is larger than ${saySize(FORMAT_LIMITS.fileBytes)}`,
      "Move long texts to files below evals/files/.",
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return invalid("evals-json", 1, "The file is not UTF-8", "Save it as UTF-8.");
  }
}

function readCases(
  findings: Findings,
  text: string,
  given: readonly unknown[],
  defaults: Defaults,
  { paths, policy }: Required<Pick<ParseOptions, "paths" | "policy">>,
): readonly EvalCase[] {
  const taken = new Map<string, number>();
  const lines = findLines(
    text,
    given.map((_, index) => ["evals", index]),
  );
  return given.flatMap((one, index) => {
    const at = ["evals", index];
    const label = sayCase(one, index);
    if (!isRecord(one)) {
      const fix = 'Write an object with "run", "prompt" or "query".';
      findings.error("evals-kind", at, `${label} is not an object`, fix);
      return [];
    }
    const read = readCase({ findings, paths, label, at }, one, { defaults, policy });
    if (read === undefined) return [];
    const line = lines[index] ?? 1;
    const first = taken.get(read.id);
    if (first !== undefined)
      findings.error(
        "evals-id",
        [...at, "id"],
        `${label} has the id of the case on line ${first}`,
        "Give each case an id of its own.",
      );
    taken.set(read.id, line);
    return [{ ...read, line }];
  });
}

function sayCase(given: unknown, index: number): string {
  const id = isRecord(given) && Object.hasOwn(given, "id") ? given["id"] : undefined;
  const isName = typeof id === "string" || typeof id === "number";
  return isName ? `Case ${JSON.stringify(id).slice(0, 80)}` : `Case ${index + 1}`;
}

function compareNames(findings: Findings, given: string, actual: string): void {
  if (given === actual) return;
  findings.warn(
    "evals-name",
    ["skill_name"],
    `skill_name is ${JSON.stringify(given)}, and SKILL.md says ${JSON.stringify(actual)}`,
    `Write "skill_name": ${JSON.stringify(actual)}.`,
  );
}

/** A key that objects take for their prototype: no reader after this one has to think of it. */
function findReserved(
  value: unknown,
  path: readonly PropertyKey[],
): readonly PropertyKey[] | undefined {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) {
      const found = findReserved(one, [...path, index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  for (const [key, one] of Object.entries(value)) {
    const here = [...path, key];
    const found = key === "__proto__" ? here : findReserved(one, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(rule: Rule, line: number, message: string, fix: string): SuiteReading {
  return { kind: "invalid", findings: [makeFormatFinding(rule, line, message, fix)] };
}
