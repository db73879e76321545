import type { Engine, ScanReport } from "../types.ts";

/** The report of a skill that could not be read to its end: nothing is known of it, and it does not pass. */
export function unreadReport(engine: Engine, because: string): ScanReport {
  return {
    verdict: "incomplete",
    risk: "high",
    score: 0,
    capabilities: [],
    findings: [],
    coverage: {
      files: 0,
      analysed: 0,
      gaps: [{ file: "SKILL.md", state: "not-analysed", because }],
      advisories: { takenAt: null, isStale: false },
    },
    engine,
  };
}
