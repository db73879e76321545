import type { TreeEntry } from "../skill/index.ts";
import { scoreOf, verdictOf } from "./score.ts";
import type { Coverage, Engine, ScanReport } from "./types.ts";

/** Judges one skill. Skeleton: what was given is counted, nothing is read yet. */
export function scanTree(
  entries: readonly TreeEntry[],
  engine: Engine,
  advisories: Coverage["advisories"],
): ScanReport {
  const gaps = entries
    .filter((entry) => entry.bytes === undefined)
    .map((entry) => ({
      file: entry.path,
      state: "not-analysed" as const,
      because: "Its bytes were not given.",
    }));
  const coverage: Coverage = {
    files: entries.length,
    analysed: entries.length - gaps.length,
    gaps,
    advisories,
  };
  return {
    verdict: verdictOf([], coverage),
    risk: "none",
    score: scoreOf([], coverage),
    capabilities: [],
    findings: [],
    coverage,
    engine,
  };
}
