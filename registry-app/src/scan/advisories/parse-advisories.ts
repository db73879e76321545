import { z } from "zod";
import { normaliseName, type Ecosystem } from "../dependencies/dependency.ts";
import type { ScanSeverity } from "../types.ts";
import type { Advisory, AffectedRange } from "./advisory.ts";

const MAX_TEXT = 300;
const MAX_AFFECTED = 500;
const MAX_VERSIONS = 5000;

const EVENT = z.object({
  introduced: z.string().max(120).optional(),
  fixed: z.string().max(120).optional(),
  last_affected: z.string().max(120).optional(),
});
const AFFECTED = z.object({
  package: z.object({ ecosystem: z.string().max(80), name: z.string().max(300) }),
  ranges: z
    .array(z.object({ type: z.string(), events: z.array(EVENT).max(MAX_VERSIONS) }))
    .max(200)
    .default([]),
  versions: z.array(z.string().max(120)).max(MAX_VERSIONS).default([]),
});
/** What of an OSV record matters here. Fields that are not named are let be. */
const OSV_RECORD = z.object({
  id: z.string().min(1).max(120),
  summary: z.string().optional(),
  details: z.string().optional(),
  withdrawn: z.string().optional(),
  affected: z.array(AFFECTED).max(MAX_AFFECTED).default([]),
  database_specific: z.looseObject({ severity: z.unknown().optional() }).optional(),
});

export type AdvisoryReading = {
  readonly advisories: readonly Advisory[];
  /** Records that could not be understood. */
  readonly skipped: number;
};

/** Reads OSV JSON: one record, a list of records, or `{vulns: […]}`. What is no record is counted and left out. */
export function parseAdvisories(json: unknown): AdvisoryReading {
  const wrapped = z.object({ vulns: z.array(z.unknown()) }).safeParse(json);
  const list: readonly unknown[] = Array.isArray(json)
    ? json
    : wrapped.success
      ? wrapped.data.vulns
      : [json];
  const advisories: Advisory[] = [];
  let skipped = 0;
  for (const one of list) {
    const record = OSV_RECORD.safeParse(one);
    if (record.success) for (const advisory of fromRecord(record.data)) advisories.push(advisory);
    else skipped += 1;
  }
  return { advisories, skipped };
}

const ECOSYSTEMS: Readonly<Record<string, Ecosystem>> = {
  npm: "npm",
  PyPI: "pypi",
  RubyGems: "gem",
  Go: "go",
  "crates.io": "cargo",
};

function fromRecord(record: z.infer<typeof OSV_RECORD>): readonly Advisory[] {
  if (record.withdrawn !== undefined) return [];
  const kind = record.id.startsWith("MAL-") ? "malicious" : "vulnerable";
  return record.affected.flatMap((affected) => {
    const name = affected.package.ecosystem.split(":", 1)[0] ?? "";
    const ecosystem = Object.hasOwn(ECOSYSTEMS, name) ? ECOSYSTEMS[name] : undefined;
    if (ecosystem === undefined) return [];
    return [
      {
        id: record.id,
        ecosystem,
        package: normaliseName(ecosystem, affected.package.name),
        kind,
        severity:
          kind === "malicious" ? "critical" : severityOf(record.database_specific?.severity),
        summary: (record.summary ?? record.details ?? record.id)
          .replace(/\s{1,500}/g, " ")
          .slice(0, MAX_TEXT),
        versions: affected.versions,
        ranges: affected.ranges
          .filter(({ type }) => type !== "GIT")
          .flatMap(({ events }) => rangesOf(events)),
      },
    ];
  });
}

const SEVERITIES: Readonly<Record<string, ScanSeverity>> = {
  CRITICAL: "critical",
  HIGH: "high",
  MODERATE: "medium",
  MEDIUM: "medium",
  LOW: "low",
};

function severityOf(said: unknown): ScanSeverity {
  return (typeof said === "string" ? SEVERITIES[said.toUpperCase()] : undefined) ?? "medium";
}

/** Events in a row become ranges: each `introduced` opens one, the next `fixed` or `last_affected` closes it. */
function rangesOf(events: readonly z.infer<typeof EVENT>[]): readonly AffectedRange[] {
  const ranges: AffectedRange[] = [];
  let open: string | null = null;
  for (const { introduced, fixed, last_affected: lastAffected } of events) {
    if (introduced !== undefined) {
      if (open !== null) ranges.push({ introduced: open, fixed: null, lastAffected: null });
      open = introduced;
    } else if (open !== null && (fixed ?? lastAffected) !== undefined) {
      ranges.push({ introduced: open, fixed: fixed ?? null, lastAffected: lastAffected ?? null });
      open = null;
    }
  }
  if (open !== null) ranges.push({ introduced: open, fixed: null, lastAffected: null });
  return ranges;
}
