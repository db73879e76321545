import { describe, expect, it } from "vitest";
import { unreadReport } from "../report/unread-report.ts";
import type { ScanReport } from "../types.ts";
import { addObservation, addRecordedFindings, compareObserved } from "./add-observation.ts";
import type { SeenCase } from "./seen.ts";

const CLEAN: ScanReport = {
  ...unreadReport({ version: "1", rules: "r" }, ""),
  verdict: "pass",
  risk: "low",
  score: 100,
  namedHosts: ["docs.example"],
  capabilities: [
    { kind: "network", detail: "api.example", isDeclared: true, file: "SKILL.md", line: 1 },
    { kind: "network", detail: "other.example", isDeclared: false, file: "a.sh", line: 1 },
  ],
  coverage: { files: 2, analysed: 2, gaps: [], advisories: { takenAt: null, isStale: false } },
};
const seen = (more: Partial<SeenCase>): SeenCase => ({
  caseId: "one",
  file: "a.sh",
  hosts: [],
  secretsRead: [],
  leaks: [],
  programs: [],
  writesOutsideWork: [],
  traceState: "whole",
  notes: [],
  ...more,
});
const host = (name: string) => ({ name, address: null, port: null, protocol: "dns", bytes: 0 });

describe("an observation in a report", () => {
  it("that saw nothing leaves it as it is", () => {
    expect(addObservation(CLEAN, { cases: [seen({})], unwatched: 0 })).toEqual(CLEAN);
  });

  it("of a host that is neither named nor declared warns, once for cases that do the same", () => {
    const hosts = [host("api.example"), host("docs.example"), host("other.example")];
    const cases = [seen({ hosts }), seen({ caseId: "two", hosts })];
    const report = addObservation(CLEAN, { cases, unwatched: 0 });
    expect(report.findings.map(({ evidence }) => evidence)).toEqual(["other.example"]);
    expect([report.verdict, report.score < 100]).toEqual(["warn", true]);
    expect(compareObserved(CLEAN, { cases, unwatched: 0 })).toEqual({
      declared: ["api.example", "docs.example"],
      undeclared: ["other.example"],
      unseen: [],
    });
  });

  it("that its case cut is a gap", () => {
    const cases = [seen({ traceState: "cut", notes: ["It ends early."] })];
    expect(addObservation(CLEAN, { cases, unwatched: 0 }).verdict).toBe("incomplete");
  });

  it("comes back from what was recorded of it, and nothing else does", () => {
    const leaks = [{ place: "$TOKEN", to: "evil.example:80" }];
    const before = addObservation(CLEAN, { cases: [seen({ leaks })], unwatched: 0 });
    const other = { rule: "exfiltration.environment", severity: "high", message: "m", file: "f" };
    const after = addRecordedFindings(CLEAN, [...before.findings, other]);
    expect(after.findings.map(({ rule, severity, message }) => [rule, severity, message])).toEqual(
      before.findings.map(({ rule, severity, message }) => [rule, severity, message]),
    );
    expect([after.verdict, after.score]).toEqual([before.verdict, before.score]);
  });
});
