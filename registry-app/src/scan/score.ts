import type { Confidence, Coverage, ScanFinding, ScanSeverity, Verdict } from "./types.ts";

/** Points of 100 that one finding takes, before confidence, exposure and decay. Published in docs/scanning.md. */
export const SEVERITY_POINTS: Readonly<Record<ScanSeverity, number>> = {
  critical: 40,
  high: 20,
  medium: 8,
  low: 3,
  info: 0,
};

export const CONFIDENCE_SHARE: Readonly<Record<Confidence, number>> = {
  observed: 1,
  flow: 1,
  structural: 0.9,
  lexical: 0.6,
};

export type Exposure = "reachable" | "unreferenced" | "test";

export const EXPOSURE_SHARE: Readonly<Record<Exposure, number>> = {
  reachable: 1,
  unreferenced: 0.6,
  test: 0.2,
};

/** The second finding of a rule counts half, the third and later ones a quarter. */
const DECAY = [1, 0.5, 0.25];
/** No family of rules takes more than this from the score. */
const FAMILY_CAP = 70;
/** What was not read may be anything: the score says so. */
const INCOMPLETE_AT_MOST = 60;

type Weighed = Omit<ScanFinding, "points"> & { readonly exposure: Exposure };

/**
 * Gives each finding its share of the score. `findings` are in report order: gravest first. `known` have theirs already,
 * and count as the earlier ones of their rule and family.
 */
export function sharePoints(
  findings: readonly Weighed[],
  known: readonly ScanFinding[] = [],
): readonly ScanFinding[] {
  const ofRule = new Map<string, number>();
  const ofFamily = new Map<string, number>();
  for (const { rule, category, points } of known) {
    ofRule.set(rule, (ofRule.get(rule) ?? 0) + 1);
    ofFamily.set(category, (ofFamily.get(category) ?? 0) + points);
  }
  return findings.map(({ exposure, ...finding }) => {
    const nth = ofRule.get(finding.rule) ?? 0;
    ofRule.set(finding.rule, nth + 1);
    const taken = ofFamily.get(finding.category) ?? 0;
    const full =
      SEVERITY_POINTS[finding.severity] *
      CONFIDENCE_SHARE[finding.confidence] *
      EXPOSURE_SHARE[exposure] *
      (DECAY[Math.min(nth, DECAY.length - 1)] ?? 0);
    const points = Math.min(roundToTenth(full), roundToTenth(FAMILY_CAP - taken));
    ofFamily.set(finding.category, taken + points);
    return { ...finding, points };
  });
}

/** 100 less what the findings take; never above 60 when something was not read, and 0 for known malware. */
export function scoreOf(findings: readonly ScanFinding[], coverage: Coverage): number {
  if (findings.some((one) => one.isIndicator && one.severity === "critical")) return 0;
  const left = 100 - findings.reduce((sum, finding) => sum + finding.points, 0);
  const capped = coverage.gaps.length > 0 ? Math.min(left, INCOMPLETE_AT_MOST) : left;
  return Math.max(0, Math.round(capped));
}

/** What the words of a text alone say may hold a version and never refuse it. */
const HELD_AT_MOST: ReadonlySet<Confidence> = new Set(["lexical"]);

/** The gravest of what was found; `incomplete` outranks what would let the version through. */
export function verdictOf(findings: readonly ScanFinding[], coverage: Coverage): Verdict {
  const grave = findings.filter(
    ({ severity, confidence }) =>
      (severity === "critical" || severity === "high") && !HELD_AT_MOST.has(confidence),
  );
  if (grave.length > 0) return "block";
  if (findings.some(({ severity }) => ["critical", "high", "medium"].includes(severity)))
    return "warn";
  if (coverage.gaps.length > 0) return "incomplete";
  return findings.some(({ severity }) => severity === "low") ? "review" : "pass";
}

function roundToTenth(points: number): number {
  return Math.max(0, Math.round(points * 10) / 10);
}
