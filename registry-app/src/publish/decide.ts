import type { CheckName, Outcome } from "../db/index.ts";

/** One check of one version: `outcome` is null while it still has to be run. */
export type CheckState = {
  readonly name: CheckName;
  readonly outcome: Outcome | null;
  readonly summary: string;
};

export type CheckRule = {
  /** `required`: must have run and passed. `optional`: judged if it ran. */
  readonly need: "required" | "optional";
  /** Outcomes that refuse the version for good. */
  readonly refuse: readonly Outcome[];
  /** Outcomes that wait for an approval. */
  readonly hold: readonly Outcome[];
};

export type DecisionPolicy = { readonly checks: Readonly<Partial<Record<CheckName, CheckRule>>> };

export type Decision =
  | { readonly kind: "wait"; readonly reasons: readonly string[] }
  | {
      readonly kind: "refuse";
      readonly code: "CHECK_FAILED" | "KEY_REVOKED";
      readonly reasons: readonly string[];
    }
  | { readonly kind: "hold"; readonly code: "HELD"; readonly reasons: readonly string[] }
  | { readonly kind: "publish"; readonly reasons: readonly string[] };

export type DecisionFacts = {
  readonly checks: readonly CheckState[];
  readonly policy: DecisionPolicy;
  /** Principals other than the signer who approved this digest. */
  readonly approvals: readonly string[];
  /** What a person is asked for besides the checks, each as a sentence. */
  readonly asks: readonly string[];
  /** Why the signing key is compromised for this version, or null. No approval lifts that. */
  readonly compromised: string | null;
};

const DEFAULT_RULE: CheckRule = {
  need: "optional",
  refuse: ["block"],
  hold: ["warn", "incomplete", "errored"],
};

/**
 * What becomes of a candidate, from facts alone. Refusal outranks waiting, so that a version that cannot pass is told at
 * once; waiting outranks holding, so that a person is asked once, with everything known.
 */
export function decide(facts: DecisionFacts): Decision {
  if (facts.compromised !== null)
    return { kind: "refuse", code: "KEY_REVOKED", reasons: [facts.compromised] };
  const judged = facts.checks.map((check) => ({
    check,
    rule: facts.policy.checks[check.name] ?? DEFAULT_RULE,
  }));

  const refused = judged.filter(
    ({ check, rule }) => check.outcome !== null && rule.refuse.includes(check.outcome),
  );
  if (refused.length > 0)
    return { kind: "refuse", code: "CHECK_FAILED", reasons: refused.map(said) };

  const waiting = judged.filter(({ check }) => check.outcome === null);
  if (waiting.length > 0) {
    return { kind: "wait", reasons: waiting.map(({ check }) => `${check.name} has not finished`) };
  }

  const held = [...judged.filter(holds).map(said), ...missing(facts), ...facts.asks];
  if (held.length > 0 && facts.approvals.length === 0)
    return { kind: "hold", code: "HELD", reasons: held };

  const approved = held.map((reason) => `${reason}; approved by ${facts.approvals.join(", ")}`);
  return {
    kind: "publish",
    reasons: [...facts.checks.map((c) => `${c.name}: ${c.outcome}`), ...approved],
  };
}

type Judged = { readonly check: CheckState; readonly rule: CheckRule };

function holds({ check, rule }: Judged): boolean {
  if (check.outcome === null) return false;
  if (rule.hold.includes(check.outcome)) return true;
  return rule.need === "required" && check.outcome === "skipped";
}

function said({ check }: Judged): string {
  return check.summary === ""
    ? `${check.name}: ${check.outcome}`
    : `${check.name}: ${check.outcome}, ${check.summary}`;
}

function missing(facts: DecisionFacts): string[] {
  const ran = new Set(facts.checks.map((check) => check.name));
  return Object.entries(facts.policy.checks)
    .filter(([name, rule]) => rule.need === "required" && !ran.has(name as CheckName))
    .map(([name]) => `${name} is required by policy and was not run`);
}
