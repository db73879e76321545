import { addFindings, type AddedFinding } from "../add-findings.ts";
import type { ScanReport, ScanSeverity } from "../types.ts";
import { OBSERVED_RULES, type ObservedRule } from "./observed-rules.ts";
import type { Observation } from "./seen.ts";
import { compareHosts, toObservedFindings, toObservedGaps } from "./to-observed-findings.ts";

const BY_ID = new Map(OBSERVED_RULES.map((rule) => [rule.id, rule]));

/** Puts what a skill was seen to do into its report; nothing of it makes the report better. */
export function addObservation(report: ScanReport, { cases }: Observation): ScanReport {
  const declared = declaredHosts(report);
  const findings = cases.flatMap((one) => toObservedFindings(one, declared));
  const gaps = cases.flatMap(toObservedGaps);
  return addFindings(report, dropRepeated(findings), gaps);
}

/** The hosts that the skill names, or uses and declares. */
export function declaredHosts({
  namedHosts = [],
  capabilities,
}: Pick<ScanReport, "namedHosts" | "capabilities">): ReadonlySet<string> {
  const declared = capabilities.flatMap(({ kind, isDeclared, detail }) =>
    kind === "network" && isDeclared && detail !== null ? [detail] : [],
  );
  return new Set([...namedHosts, ...declared]);
}

/** The hosts of all cases against those that the report knows to be declared. */
export function compareObserved(
  report: Pick<ScanReport, "namedHosts" | "capabilities">,
  { cases }: Observation,
) {
  return compareHosts(
    cases.flatMap(({ hosts }) => hosts),
    declaredHosts(report),
  );
}

/** A finding as the log of the registry keeps it. */
export type RecordedFinding = {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
};

/**
 * As `addObservation`, where the observation itself is gone and only its findings were kept: what a version once was seen
 * to do is not forgotten because a database was.
 */
export function addRecordedFindings(
  report: ScanReport,
  recorded: readonly RecordedFinding[],
): ScanReport {
  const findings = recorded.flatMap(({ rule, severity, message, file }): AddedFinding[] => {
    const facts = BY_ID.get(rule);
    if (facts === undefined) return [];
    const { family, owasp, why, remedy } = facts;
    return [
      {
        rule,
        category: family,
        severity: severityOf(severity, facts),
        file,
        line: 1,
        confidence: "observed",
        message,
        evidence: "",
        remedy,
        why,
        owasp,
        isIndicator: false,
        chain: [],
      },
    ];
  });
  return addFindings(report, findings, []);
}

function severityOf(said: string, { severity }: ObservedRule): ScanSeverity {
  const known: readonly ScanSeverity[] = ["critical", "high", "medium", "low", "info"];
  return known.find((one) => one === said) ?? severity;
}

/** Cases that run one script do the same thing each. */
function dropRepeated(findings: readonly AddedFinding[]): readonly AddedFinding[] {
  const byKey = new Map(
    findings.map((one) => [JSON.stringify([one.rule, one.file, one.evidence]), one]),
  );
  return [...byKey.values()];
}
