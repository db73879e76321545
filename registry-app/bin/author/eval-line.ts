import type { Isolation } from "@assay/sandbox";
import type { CaseLog, CaseResult, FormatFinding } from "../../src/evals/index.ts";
import { printable } from "../../src/skill/index.ts";

/** One line of `assay eval --json`: a case, or what keeps the cases of a skill from being read. */
export type EvalLine = {
  readonly dir: string;
  readonly case: string;
  readonly kind: string;
  readonly arm: string;
  readonly status: string;
  /** Why there is no verdict. */
  readonly because: string | null;
  readonly isRequired: boolean;
  readonly isFlaky: boolean;
  readonly trials: number;
  readonly passedTrials: number;
  readonly checks: readonly Shown[];
  readonly durationMs: number | null;
  readonly isolation: Isolation | null;
  /** What is to be known of an isolation of a lesser kind. */
  readonly caution: string | null;
  /** Of the last trial, as text. */
  readonly log: { readonly stdout: string; readonly stderr: string } | null;
};

type Shown = CaseResult["detail"]["trials"][number]["checks"][number];

export function toEvalLine(dir: string, result: CaseResult, isolation: Isolation | null): EvalLine {
  const { caseId, kind, arm, status, isRequired, isFlaky, trials, passedTrials, durationMs } =
    result;
  const { because } = result.detail;
  const checks = result.detail.trials.flatMap((trial) => trial.checks);
  const facts = { kind, arm, status, because, isRequired, isFlaky, trials, passedTrials };
  const caution = cautionOf(isolation);
  const log = toText(result.log);
  return { dir, case: caseId, ...facts, checks, durationMs, isolation, caution, log };
}

/** Said with every result that did not come out of a container; null for the others. */
export function cautionOf(isolation: Isolation | null): string | null {
  if (isolation?.kind !== "bubblewrap") return null;
  return "bubblewrap: no container; only for skills of your own";
}

const MAX_SHOWN_LINES = 12;

/** A case for people: its verdict, what it failed by, and what it wrote when it did. */
export function describeEval(line: EvalLine): string {
  const { status, arm, isFlaky, trials, passedTrials, durationMs, isRequired } = line;
  const notes = [
    ...(durationMs === null ? [] : [`${Math.round(durationMs)} ms`]),
    ...(trials > 1 ? [`${passedTrials} of ${trials} trials`] : []),
    ...(isFlaky ? ["flaky"] : []),
    ...(arm === "with-skill" ? [] : [arm]),
    ...(isRequired ? [] : ["evidence only"]),
    ...(line.caution === null || status === "skipped" ? [] : [line.caution]),
  ];
  const told = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  const head = `  ${status.padEnd(8)} ${line.case}${told}`;
  const why = line.because === null ? [] : [`           ${line.because}`];
  if (status === "passed") return [head, ...why].map(printable).join("\n");
  const failed = line.checks
    .filter(({ passed }) => !passed)
    .flatMap(({ name, expected, actual }) => [
      `           ${name}: expected ${expected}`,
      `               was ${actual}`,
    ]);
  return [head, ...why, ...failed, ...describeLog(line)].map(printable).join("\n");
}

/** What a skill's evals are kept from being run by. */
export function describeInvalid(dir: string, findings: readonly FormatFinding[]): string {
  const place = dir.replace(/\/+$/, "");
  return findings
    .flatMap(({ file, line, message, rule, fix }) => [
      `  ${place}/${file}:${line}  ${message}  [${rule}]`,
      `      fix: ${fix}`,
    ])
    .join("\n");
}

function describeLog({ log, status }: EvalLine): string[] {
  if (log === null || status === "skipped") return [];
  return (["stdout", "stderr"] as const).flatMap((stream) => {
    const lines = log[stream].split("\n").filter((text) => text.trim() !== "");
    const shown = lines.slice(0, MAX_SHOWN_LINES).map((text) => `           ${stream}| ${text}`);
    const more = lines.length - shown.length;
    return more > 0 ? [...shown, `           ${stream}| … ${more} more lines`] : shown;
  });
}

function toText(log: CaseLog | null): EvalLine["log"] {
  const last = log?.trials.at(-1);
  if (last === undefined) return null;
  const read = (stream: { readonly base64: string }) =>
    Buffer.from(stream.base64, "base64").toString();
  return { stdout: read(last.stdout), stderr: read(last.stderr) };
}
