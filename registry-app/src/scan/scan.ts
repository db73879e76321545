import type { TreeEntry } from "../skill/index.ts";
import type { AdvisorySnapshot } from "./advisories/advisory.ts";
import { inferCapabilities } from "./capabilities/infer-capabilities.ts";
import { riskOf } from "./capabilities/risk.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import type { FileCoverage } from "./inventory/scan-file.ts";
import { takeInventory } from "./inventory/take-inventory.ts";
import type { Grammars } from "./program/parsers.ts";
import type { Rule } from "./rules/rule.ts";
import { scoreOf, verdictOf } from "./score.ts";
import type { Signatures } from "./signatures/scan-signatures.ts";
import type { Coverage, Engine, ScanReport } from "./types.ts";
import { findAll } from "./weigh-findings.ts";

export type ScanDeps = {
  readonly grammars: Grammars;
  readonly signatures: Signatures;
  readonly rules: readonly Rule[];
  readonly engine: Engine;
};

export type ScanOptions = {
  /** Known bad and vulnerable packages, or null when the operator has no snapshot. */
  readonly advisories: AdvisorySnapshot | null;
  /** The day from which the age of the advisories is counted; nothing else depends on it. */
  readonly today: Date;
};

/** Advisories come daily; what is older than this no longer says much of new attacks. */
const STALE_AFTER_DAYS = 14;
const DAY_MS = 86_400_000;
const MAX_NAMED_HOSTS = 500;

/** Judges one skill: takes stock of its files, reads every text in them, and asks every rule. */
export function scanTree(
  deps: ScanDeps,
  entries: readonly TreeEntry[],
  options: ScanOptions,
): ScanReport {
  const inventory = takeInventory(entries);
  const { evidence, gaps } = gatherEvidence(deps, entries, inventory, options.advisories);
  const findings = findAll(deps.rules, evidence);
  const capabilities = inferCapabilities(evidence.facts, evidence.dependencies, evidence.about);
  const coverage = coverageOf(inventory.coverage, gaps, options);
  return {
    verdict: verdictOf(findings, coverage),
    risk: riskOf(capabilities),
    score: scoreOf(findings, coverage),
    capabilities,
    findings,
    coverage,
    namedHosts: [...evidence.about.hosts].toSorted().slice(0, MAX_NAMED_HOSTS),
    engine: deps.engine,
  };
}

function coverageOf(
  files: readonly FileCoverage[],
  gaps: readonly FileCoverage[],
  options: ScanOptions,
): Coverage {
  const all = new Map(files.map((one) => [one.file, one]));
  for (const gap of gaps) {
    const known = all.get(gap.file);
    const because = [known?.because, gap.because].filter((one) => typeof one === "string");
    const state = known?.state === "not-analysed" ? known.state : gap.state;
    all.set(gap.file, { file: gap.file, state, because: [...new Set(because)].join(" ") });
  }
  const open = [...all.values()].filter(({ state }) => state !== "analysed");
  return {
    files: all.size,
    analysed: all.size - open.length,
    gaps: open.toSorted((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file))),
    advisories: ageOf(options),
  };
}

function ageOf({ advisories, today }: ScanOptions): Coverage["advisories"] {
  if (advisories === null) return { takenAt: null, isStale: false };
  const days = (today.getTime() - Date.parse(advisories.takenAt)) / DAY_MS;
  return { takenAt: advisories.takenAt, isStale: !(days <= STALE_AFTER_DAYS) };
}
