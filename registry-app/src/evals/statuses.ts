import type { EvalArm, EvalCaseStatus, EvalRunStatus, Outcome } from "../db/index.ts";
import type { PassRule } from "./format/types.ts";
import type { Check } from "./grade/check.ts";

/** What the checks of one trial come to: all required ones have to pass, and all of them where none is required. */
export function statusOfChecks(checks: readonly Check[]): "passed" | "failed" {
  const required = checks.filter(({ isRequired }) => isRequired);
  const counting = required.length > 0 ? required : checks;
  return counting.every(({ passed }) => passed) ? "passed" : "failed";
}

/** The share of the weight that passed; null where nothing has any. */
export function scoreOf(checks: readonly Check[]): number | null {
  const total = checks.reduce((sum, { weight }) => sum + weight, 0);
  const passed = checks.reduce((sum, check) => sum + (check.passed ? check.weight : 0), 0);
  return total === 0 ? null : passed / total;
}

export type CaseFold = {
  readonly status: EvalCaseStatus;
  /** Trials of the same input came out both ways. */
  readonly isFlaky: boolean;
  readonly passedTrials: number;
};

/** What the trials of a case come to by its pass rule. A trial without a verdict could have come out either way. */
export function foldTrials(statuses: readonly EvalCaseStatus[], rule: PassRule): CaseFold {
  const count = (...wanted: readonly EvalCaseStatus[]) =>
    statuses.filter((status) => wanted.includes(status)).length;
  const passed = count("passed");
  const failed = count("failed", "timeout");
  const needed = passesNeeded(rule, statuses.length);
  const base = { isFlaky: passed > 0 && failed > 0, passedTrials: passed };
  if (statuses.length === 0 || count("skipped") === statuses.length)
    return { ...base, status: "skipped" };
  if (passed >= needed) return { ...base, status: "passed" };
  if (statuses.length - failed < needed)
    return { ...base, status: count("failed") === 0 ? "timeout" : "failed" };
  if (count("errored") > 0) return { ...base, status: "errored" };
  return { ...base, status: count("ungraded") > 0 ? "ungraded" : "skipped" };
}

function passesNeeded(rule: PassRule, trials: number): number {
  switch (rule.kind) {
    case "all":
      return trials;
    case "any":
      return 1;
    case "majority":
      return Math.floor(trials / 2) + 1;
    case "at-least":
      return Math.min(rule.passes, trials);
  }
}

/** What counts of a case for the gate. */
export type JudgedCase = {
  readonly status: EvalCaseStatus;
  readonly isRequired: boolean;
  /** The author's own `skip`: nothing is missing. */
  readonly isLeftOut: boolean;
  readonly arm: EvalArm;
};

/** What a run says to the decision about a version; docs/evals.md has this as a table. */
export function toOutcome(cases: readonly JudgedCase[]): Outcome {
  const counted = cases.filter(({ arm, isLeftOut }) => arm === "with-skill" && !isLeftOut);
  const has = (isRequired: boolean, ...wanted: readonly EvalCaseStatus[]) =>
    counted.some((one) => one.isRequired === isRequired && wanted.includes(one.status));
  if (has(true, "failed", "timeout")) return "block";
  if (has(true, "errored")) return "errored";
  if (has(true, "ungraded")) return "incomplete";
  if (has(true, "skipped")) return "skipped";
  if (has(false, "failed", "timeout")) return "review";
  if (has(true, "passed") || has(false, "passed")) return "pass";
  return has(false, "errored") ? "errored" : "skipped";
}

const RUN_STATUS: Readonly<Record<Outcome, EvalRunStatus>> = {
  pass: "passed",
  review: "failed",
  warn: "failed",
  block: "failed",
  incomplete: "ungraded",
  errored: "errored",
  skipped: "skipped",
};

/** What a run is called where its cases are shown. */
export function statusOfRun(outcome: Outcome): EvalRunStatus {
  return RUN_STATUS[outcome];
}

/** How often two runs of identical input in a row came out otherwise, from 0 to 1; null below two runs. */
export function flipRate(history: readonly EvalCaseStatus[]): number | null {
  const decided = history
    .filter((status) => status === "passed" || status === "failed" || status === "timeout")
    .map((status) => status === "passed");
  if (decided.length < 2) return null;
  const flips = decided.filter((passed, at) => at > 0 && passed !== decided[at - 1]).length;
  return flips / (decided.length - 1);
}
