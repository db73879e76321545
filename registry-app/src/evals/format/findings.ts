import { printable } from "../../skill/index.ts";
import { EVALS_PATH } from "./paths.ts";
import { findLines } from "./json-text.ts";
import type { FormatFinding } from "./types.ts";

export type Rule =
  | "evals-json"
  | "evals-too-large"
  | "evals-field"
  | "evals-kind"
  | "evals-id"
  | "evals-file"
  | "evals-pattern"
  | "evals-schema"
  | "evals-limits"
  | "evals-name"
  | "evals-unread";

type Tell = (rule: Rule, path: readonly PropertyKey[], message: string, fix: string) => void;

type Told = {
  readonly rule: Rule;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly fix: string;
};

/** Collects what is wrong with a file and what is only told. */
export type Findings = {
  readonly errors: readonly Told[];
  readonly warnings: readonly Told[];
  readonly error: Tell;
  readonly warn: Tell;
};

/** A file of 200 cases can be wrong in thousands of places; nobody reads more. */
const MAX_KEPT = 50;

export function createFindings(): Findings {
  const errors: Told[] = [];
  const warnings: Told[] = [];
  const into =
    (list: Told[]): Tell =>
    (rule, path, message, fix) => {
      if (list.length < MAX_KEPT) list.push({ rule, path, message, fix });
    };
  return { errors, warnings, error: into(errors), warn: into(warnings) };
}

/** What was told, each with the line of the text that it is about. */
export function placeFindings(text: string, told: readonly Told[]): readonly FormatFinding[] {
  const lines = findLines(
    text,
    told.map(({ path }) => path),
  );
  return told.map(({ rule, message, fix }, index) =>
    makeFormatFinding(rule, lines[index] ?? 1, message, fix),
  );
}

export function makeFormatFinding(
  rule: Rule,
  line: number,
  message: string,
  fix: string,
): FormatFinding {
  const cut = (words: string) => printable(words.length > 500 ? `${words.slice(0, 500)}…` : words);
  return { rule, message: cut(message), file: EVALS_PATH, line, column: 1, fix: cut(fix) };
}

/** `expect.stdout.regex[1]`, as an author would write it. */
export function sayPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
