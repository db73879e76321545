import type { JudgedSkill } from "./judge-folder.ts";

/** From the best to the worst; `invalid` is what no registry accepts. */
const OUTCOMES = ["pass", "review", "warn", "incomplete", "block", "invalid"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Which outcomes end the step with a failure. */
const FAILS = {
  none: [],
  block: ["block", "invalid"],
  warn: ["warn", "incomplete", "block", "invalid"],
  review: ["review", "warn", "incomplete", "block", "invalid"],
} satisfies Record<string, readonly Outcome[]>;
export type FailOn = keyof typeof FAILS;

/** Undefined for a word that is none of them. */
export function readFailOn(given: string): FailOn | undefined {
  if (given === "") return "warn";
  return Object.keys(FAILS).find((one): one is FailOn => one === given);
}

export function outcomeOf({ lint, scan }: JudgedSkill): Outcome {
  return lint.publishable ? scan.verdict : "invalid";
}

export function worstOf(judged: readonly JudgedSkill[]): Outcome {
  const worst = Math.max(0, ...judged.map((one) => OUTCOMES.indexOf(outcomeOf(one))));
  return OUTCOMES[worst] ?? "invalid";
}

export function isFailure(outcome: Outcome, failOn: FailOn): boolean {
  const fails: readonly Outcome[] = FAILS[failOn];
  return fails.includes(outcome);
}
