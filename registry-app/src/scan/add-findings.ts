import { createHash } from "node:crypto";
import type { FileCoverage } from "./inventory/scan-file.ts";
import { redact } from "./report/redact.ts";
import { scoreOf, sharePoints, verdictOf } from "./score.ts";
import type { ScanFinding, ScanReport, ScanSeverity, Verdict } from "./types.ts";

/** What somebody else than the scan found. Its texts are looked through here, and its share is computed here. */
export type AddedFinding = Omit<ScanFinding, "points" | "fingerprint">;

const MAX_ADDED = 200;
const GRAVEST: readonly ScanSeverity[] = ["critical", "high", "medium", "low", "info"];
/** In the order in which a verdict outranks another one. */
const WORSE: readonly Verdict[] = ["pass", "review", "incomplete", "warn", "block"];

/**
 * Puts findings and gaps into a finished report and computes points, score and verdict again. What was found keeps its
 * share, so that nothing that is added makes a score or a verdict better.
 */
export function addFindings(
  report: ScanReport,
  added: readonly AddedFinding[],
  gaps: readonly FileCoverage[],
): ScanReport {
  if (added.length === 0 && gaps.length === 0) return report;
  const own = added.map(toFinding).toSorted(byRank);
  const unlisted = own.length > MAX_ADDED ? [tooMany(own.length)] : [];
  const findings = share(report.findings, own.slice(0, MAX_ADDED));
  const coverage = { ...report.coverage, ...addGaps(report, [...gaps, ...unlisted]) };
  return {
    ...report,
    findings,
    coverage,
    score: Math.min(report.score, scoreOf(findings, coverage)),
    verdict: worse(report.verdict, verdictOf(findings, coverage)),
  };
}

function share(
  known: readonly ScanFinding[],
  own: readonly Omit<ScanFinding, "points">[],
): readonly ScanFinding[] {
  const weighed = own.map((finding) => ({ ...finding, exposure: "reachable" as const }));
  return [...known, ...sharePoints(weighed, known)].toSorted(byRank);
}

function toFinding(finding: AddedFinding): Omit<ScanFinding, "points"> {
  const evidence = redact(finding.evidence);
  const key = JSON.stringify([finding.rule, finding.file, evidence]);
  return {
    ...finding,
    evidence,
    message: redact(finding.message),
    chain: finding.chain.map((step) => ({
      ...step,
      what: redact(step.what),
      evidence: redact(step.evidence),
    })),
    fingerprint: createHash("sha256").update(key).digest("hex").slice(0, 32),
  };
}

function addGaps({ coverage }: ScanReport, added: readonly FileCoverage[]) {
  const gaps = new Map(coverage.gaps.map((one) => [one.file, one]));
  for (const gap of added) {
    const known = gaps.get(gap.file);
    const because = [known?.because, gap.because].filter((one) => typeof one === "string");
    const state = known?.state === "not-analysed" ? known.state : gap.state;
    gaps.set(gap.file, { file: gap.file, state, because: [...new Set(because)].join(" ") });
  }
  const more = gaps.size - coverage.gaps.length;
  return {
    analysed: Math.max(0, coverage.analysed - more),
    gaps: [...gaps.values()].toSorted((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file))),
  };
}

function tooMany(count: number): FileCoverage {
  const because = `${count} findings were added, of which ${MAX_ADDED} are listed.`;
  return { file: "SKILL.md", state: "partly", because };
}

function worse(a: Verdict, b: Verdict): Verdict {
  return WORSE.indexOf(b) > WORSE.indexOf(a) ? b : a;
}

function byRank(a: Pick<ScanFinding, "severity">, b: Pick<ScanFinding, "severity">): number {
  return GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity);
}
