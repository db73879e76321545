import { isNeverWaived } from "../control/index.ts";
import type { CheckName, Outcome } from "../db/index.ts";

/** One check of one version: `outcome` is null while it still has to be run. */
export type CheckState = {
  readonly name: CheckName;
  readonly outcome: Outcome | null;
  readonly summary: string;
  readonly score?: number | null;
  /** Of a scan: whether it had a list of known bad packages to go by. */
  readonly advisories?: "fresh" | "stale" | "missing" | null;
  readonly findings: readonly { readonly rule: string; readonly severity: string }[];
};

/** A waiver of this version's digest by somebody other than its signer; whether it still counts is asked here. */
export type WaiverFact = {
  readonly rule: string;
  readonly by: string;
  readonly until: Date;
};

export type CheckRule = {
  /** `required`: must have run and passed. `optional`: judged if it ran. */
  readonly need: "required" | "optional";
  /** Outcomes that refuse the version for good. */
  readonly refuse: readonly Outcome[];
  /** Outcomes that wait for an approval. */
  readonly hold: readonly Outcome[];
  /** A score below this waits for an approval. */
  readonly minScore?: number;
  /** `required`: without a fresh list of known bad packages it counts as incomplete. */
  readonly advisories?: "required" | "optional";
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
  | {
      readonly kind: "publish";
      readonly reasons: readonly string[];
      /** Without these it would not have been: when the first of them ends, it is to be decided again. */
      readonly waived: readonly Waived[];
    };

/** `until` is a time in ISO 8601. */
export type Waived = { readonly rule: string; readonly until: string };

export type DecisionFacts = {
  readonly checks: readonly CheckState[];
  readonly policy: DecisionPolicy;
  /** Principals other than the signer who approved this digest. */
  readonly approvals: readonly string[];
  readonly waivers: readonly WaiverFact[];
  readonly now: Date;
  /** What a person is asked for besides the checks, each as a sentence. */
  readonly asks: readonly string[];
  /** What speaks for the version besides the checks, each as a sentence, for the record alone. */
  readonly grants: readonly string[];
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
    waivers: findWaivers(facts, check),
  }));

  const refused = judged.filter((one) => refuses(one) && one.waivers === null);
  if (refused.length > 0)
    return { kind: "refuse", code: "CHECK_FAILED", reasons: refused.map(said) };

  const waiting = judged.filter(({ check }) => check.outcome === null);
  if (waiting.length > 0) {
    return { kind: "wait", reasons: waiting.map(({ check }) => `${check.name} has not finished`) };
  }

  const holding = judged.filter((one) => holds(one) && one.waivers === null);
  const held = [...holding.map(said), ...judged.flatMap(lacking), ...missing(facts), ...facts.asks];
  if (held.length > 0 && facts.approvals.length === 0)
    return { kind: "hold", code: "HELD", reasons: held };

  const waived = judged
    .filter((one) => refuses(one) || holds(one))
    .flatMap((one) => (one.waivers ?? []).map((waiver) => ({ one, waiver })));
  return {
    kind: "publish",
    reasons: [
      ...facts.checks.map((c) => `${c.name}: ${c.outcome}`),
      ...facts.grants,
      ...held.map((reason) => `${reason}; approved by ${facts.approvals.join(", ")}`),
      ...waived.map(({ one, waiver }) => `${said(one)}; ${sayWaiver(waiver)}`),
    ],
    waived: waived.map(({ waiver: { rule, until } }) => ({ rule, until: until.toISOString() })),
  };
}

type Judged = {
  readonly check: CheckState;
  readonly rule: CheckRule;
  /** What makes all of its findings not count; null when something still does. */
  readonly waivers: readonly WaiverFact[] | null;
};

/** Outcomes that rest on findings: what could not be judged has none, and nobody can waive what nobody knows. */
const BY_FINDINGS: readonly (Outcome | null)[] = ["review", "warn", "block"];

/** The waivers that cover a check, each of its findings by the one that lasts longest. */
function findWaivers(
  { waivers, now }: DecisionFacts,
  check: CheckState,
): readonly WaiverFact[] | null {
  const counted = check.findings.filter(({ severity }) => severity !== "info");
  if (check.name === "signature" || !BY_FINDINGS.includes(check.outcome) || counted.length === 0)
    return null;
  const covers: WaiverFact[] = [];
  for (const rule of new Set(counted.map((finding) => finding.rule))) {
    const longest = keepInForce(waivers, now).find((one) => one.rule === rule);
    if (longest === undefined) return null;
    covers.push(longest);
  }
  return covers;
}

/** Those that count now, the one that lasts longest first. */
export function keepInForce<T extends WaiverFact>(waivers: readonly T[], now: Date): readonly T[] {
  return waivers
    .filter(({ rule, until }) => until > now && !isNeverWaived(rule))
    .toSorted((a, b) => b.until.getTime() - a.until.getTime());
}

function sayWaiver({ rule, by, until }: WaiverFact): string {
  return `${rule} is waived by ${by} until ${until.toISOString()}`;
}

function refuses({ check, rule }: Pick<Judged, "check" | "rule">): boolean {
  return check.outcome !== null && rule.refuse.includes(check.outcome);
}

function holds({ check, rule }: Pick<Judged, "check" | "rule">): boolean {
  if (check.outcome === null) return false;
  if (rule.hold.includes(check.outcome)) return true;
  return rule.need === "required" && check.outcome === "skipped";
}

/** What policy asks of a check beside its outcome. No finding stands for it, so that no waiver covers it. */
function lacking({ check, rule }: Pick<Judged, "check" | "rule">): string[] {
  const { name, score = null, advisories = null } = check;
  const least = rule.minScore ?? 0;
  const asked: string[] = [];
  if (score !== null && score < least)
    asked.push(`${name}: a score of ${score}, and policy asks for ${least}`);
  const isBlind = advisories === "missing" || advisories === "stale";
  // Held where an incomplete scan is refused as well: the list can be renewed.
  const counts = [...rule.hold, ...rule.refuse].includes("incomplete");
  if (rule.advisories === "required" && isBlind && counts)
    asked.push(`${name}: incomplete, the list of known bad packages is ${sayAge(advisories)}`);
  return asked;
}

const sayAge = (advisories: "stale" | "missing") =>
  advisories === "stale" ? "too old" : "missing";

function said({ check }: Pick<Judged, "check">): string {
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
