import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addFindings, type AddedFinding } from "./add-findings.ts";
import { scoreOf, sharePoints, verdictOf } from "./score.ts";
import type { Coverage, ScanReport, Verdict } from "./types.ts";

const RANK: readonly Verdict[] = ["pass", "review", "incomplete", "warn", "block"];

const added: fc.Arbitrary<AddedFinding> = fc.record({
  rule: fc.constantFrom("malware.clamav", "a.one", "b.two"),
  category: fc.constantFrom("harmful", "network", "exfiltration"),
  severity: fc.constantFrom("critical", "high", "medium", "low", "info"),
  confidence: fc.constantFrom("observed", "flow", "structural", "lexical"),
  file: fc.constantFrom("SKILL.md", "a.sh"),
  line: fc.integer({ min: 1, max: 9 }),
  message: fc.string(),
  evidence: fc.string(),
  remedy: fc.constant("Take it out."),
  why: fc.constant("It is bad."),
  owasp: fc.constant([]),
  isIndicator: fc.boolean(),
  chain: fc.constant([]),
});
const gaps = fc.array(
  fc.record({
    file: fc.constantFrom("a.sh", "b.sh"),
    state: fc.constantFrom("partly" as const, "not-analysed" as const),
    because: fc.constantFrom("It is long.", null),
  }),
  { maxLength: 3 },
);
const report: fc.Arbitrary<ScanReport> = fc
  .tuple(fc.array(added, { maxLength: 12 }), gaps)
  .map(([own, open]) => {
    const files = [...new Map(open.map((gap) => [gap.file, gap])).values()];
    const coverage: Coverage = {
      files: 4,
      analysed: 4 - files.length,
      gaps: files,
      advisories: { takenAt: null, isStale: false },
    };
    const findings = sharePoints(
      own.map((one) => ({ ...one, fingerprint: "f", exposure: "reachable" as const })),
    );
    return {
      verdict: verdictOf(findings, coverage),
      risk: "none",
      score: scoreOf(findings, coverage),
      capabilities: [],
      findings,
      coverage,
      engine: { version: "1", rules: "r" },
    };
  });

describe("what is added to a scan", () => {
  it("never makes score or verdict better, and takes no finding and no gap away", () => {
    fc.assert(
      fc.property(report, fc.array(added, { maxLength: 260 }), gaps, (before, more, open) => {
        const after = addFindings(before, more, open);
        expect(after.score).toBeLessThanOrEqual(before.score);
        expect(RANK.indexOf(after.verdict)).toBeGreaterThanOrEqual(RANK.indexOf(before.verdict));
        for (const one of before.findings) expect(after.findings).toContainEqual(one);
        const files = after.coverage.gaps.map(({ file }) => file);
        for (const { file } of [...before.coverage.gaps, ...open]) expect(files).toContain(file);
      }),
      { numRuns: 60 },
    );
  });

  it("blocks for a grave finding that was seen, and holds for one that only words say", () => {
    const [clean] = fc.sample(
      report.filter((one) => one.verdict === "pass"),
      { numRuns: 1, seed: 1 },
    );
    const [finding] = fc.sample(added, { numRuns: 1, seed: 1 });
    if (clean === undefined || finding === undefined) throw new Error("no sample");
    const grave = { ...finding, severity: "critical", isIndicator: false } as const;
    const seen = addFindings(clean, [{ ...grave, confidence: "structural" }], []);
    const said = addFindings(clean, [{ ...grave, confidence: "lexical" }], []);
    expect([seen.verdict, said.verdict]).toEqual(["block", "warn"]);
  });
});
