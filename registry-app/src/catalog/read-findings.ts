import { z } from "zod";
import type { Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import type { Clock } from "../runtime/index.ts";
import { windowOf, type Page } from "./paging.ts";
import {
  countRefused,
  countRules,
  countVerdicts,
  findNewestEngine,
  searchFindings,
  type VerdictCount,
} from "./store/findings.ts";

const VERDICTS = ["pass", "review", "warn", "block", "incomplete"] as const;
const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
const RULES_SHOWN = 50;
const REFUSED_DAYS = 30;
const DAY_MS = 86_400_000;

const count = z.int().min(0);
const verdict = z.enum([...VERDICTS, "errored", "skipped", "none"]);
const severity = z.enum(SEVERITIES);

/** What the scans of the registry come to, for somebody who has to answer for all of it. */
export const securitySummarySchema = z.object({
  versions: count.describe("the latest of each skill, and all that are held or quarantined"),
  verdicts: z.array(z.object({ verdict, versions: count })),
  states: z.array(z.object({ state: z.string(), versions: count })),
  refused: z.object({ days: count, versions: count }),
  rules: z.array(
    z.object({ rule: z.string(), severity, findings: count, versions: count, skills: count }),
  ),
  engine: z
    .object({
      name: z.string(),
      state: z.enum(["shadow", "waiting", "accepted", "in-force"]),
      flips: count.describe("published versions that its rules would warn about or block"),
    })
    .nullable(),
});
export const securityFindingsSchema = z.object({
  items: z.array(
    z.object({
      team: z.string(),
      name: z.string(),
      version: z.string(),
      state: z.string(),
      verdict,
      score: z.number().nullable(),
      rule: z.string(),
      severity,
      file: z.string(),
      line: count,
    }),
  ),
  total: count,
  page: count,
  size: count,
});
export type SecuritySummary = z.infer<typeof securitySummarySchema>;
export type SecurityFindings = z.infer<typeof securityFindingsSchema>;

/** By what the list of findings can be narrowed. */
export const findingFilters = {
  verdict: z.enum(VERDICTS).optional(),
  severity: severity.optional(),
};
export type FindingSearch = Page & {
  readonly rule?: string | undefined;
  readonly severity?: string | undefined;
  readonly verdict?: string | undefined;
  readonly team?: string | undefined;
};

/** Counts of what the viewer may see. */
export async function readSecurity(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  viewer: Viewer,
): Promise<SecuritySummary> {
  const since = new Date(clock.now().getTime() - REFUSED_DAYS * DAY_MS);
  const [counts, refused, rules, engine] = await Promise.all([
    countVerdicts(db, viewer),
    countRefused(db, viewer, since),
    countRules(db, viewer, RULES_SHOWN),
    findNewestEngine(db),
  ]);
  const summary = {
    versions: counts.reduce((sum, { versions }) => sum + versions, 0),
    verdicts: sumBy(counts, ["block", "warn", "incomplete", "review", "pass", "none"], "verdict"),
    states: sumBy(counts, ["published", "held", "quarantined", "yanked"], "state"),
    refused: { days: REFUSED_DAYS, versions: refused },
    rules,
    engine: engine && { name: engine.engine, state: engine.state, flips: engine.flips },
  };
  return securitySummarySchema.parse({ ...summary, engine: summary.engine ?? null });
}

/** All keys in this order, those of nothing with 0, and whatever else there is behind them. */
function sumBy(
  counts: readonly VerdictCount[],
  order: readonly string[],
  by: "verdict" | "state",
): Record<string, string | number>[] {
  const keys = new Set([...order, ...counts.map((one) => one[by])]);
  return [...keys].map((key) => ({
    [by]: key,
    versions: counts.filter((one) => one[by] === key).reduce((sum, one) => sum + one.versions, 0),
  }));
}

/** The findings themselves, the gravest first. */
export async function findFindings(
  db: Db,
  viewer: Viewer,
  { page, size, ...filter }: FindingSearch,
): Promise<SecurityFindings> {
  const { rows, total } = await searchFindings(db, viewer, {
    ...filter,
    ...windowOf({ page, size }),
  });
  return securityFindingsSchema.parse({ items: rows, total, page, size });
}
