import { expect, it } from "vitest";
import { REVIEWER_RULES } from "../../src/reviewers/index.ts";
import { ALL_RULES, OBSERVED_RULES, toSarif, type ScanFinding } from "../../src/scan/index.ts";
import { REPORTED_RULES } from "./reported-rules.ts";

it("each rule that a report can name is there once, whoever applies it", () => {
  const ids = REPORTED_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id } of [...ALL_RULES, ...OBSERVED_RULES, ...REVIEWER_RULES])
    expect(ids).toContain(id);
});

it("SARIF has name, help and gravity for findings that the scan itself did not make", () => {
  const others = [...OBSERVED_RULES, ...REVIEWER_RULES];
  const findings = others.map(
    ({ id, family, severity, confidence, owasp, why, remedy }): ScanFinding => ({
      rule: id,
      category: family,
      severity,
      confidence,
      owasp,
      why,
      remedy,
      file: "SKILL.md",
      line: 1,
      message: "It was found.",
      evidence: "",
      chain: [],
      isIndicator: false,
      points: 0,
      fingerprint: "f",
    }),
  );
  const coverage = {
    files: 1,
    analysed: 1,
    gaps: [],
    advisories: { takenAt: null, isStale: false },
  };
  const verdict = { verdict: "block", risk: "none", score: 0, capabilities: [] } as const;
  const engine = { version: "1.0.0", rules: "0".repeat(64) };
  const report = { ...verdict, findings, coverage, engine };
  const [run] = toSarif([{ dir: "skills/a", report }], REPORTED_RULES).runs;
  const rules = run?.tool.driver.rules ?? [];
  expect(rules.map(({ id }) => id).toSorted()).toEqual(others.map(({ id }) => id).toSorted());
  for (const { name, help, properties } of rules) {
    expect(name).toMatch(/^[A-Z]/);
    expect(help.text.length).toBeGreaterThan(20);
    expect(properties["security-severity"]).toMatch(/^\d\.\d$/);
  }
  for (const { ruleId, ruleIndex } of run?.results ?? [])
    expect(rules[ruleIndex ?? -1]?.id).toBe(ruleId);
});
