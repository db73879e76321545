import { z } from "zod";
import { caseDetail, runReport } from "../evals/index.ts";

const count = z.number().nonnegative();
const time = z.iso.datetime();
const caseStatus = z.enum([
  "running",
  "passed",
  "failed",
  "timeout",
  "errored",
  "skipped",
  "ungraded",
]);

export const evalCaseSchema = z.object({
  id: z.string(),
  arm: z.enum(["with-skill", "no-skill", "previous-version"]),
  name: z.string(),
  kind: z.enum(["script", "agent", "trigger"]),
  status: caseStatus,
  isRequired: z.boolean(),
  isFlaky: z.boolean(),
  trials: count,
  passedTrials: count,
  durationMs: count.nullable(),
  cpuMs: count.nullable(),
  peakMemoryBytes: count.nullable(),
  isCached: z.boolean(),
  hasLog: z.boolean(),
  /** Null while it runs, and where the version's content is withheld. */
  detail: caseDetail.nullable(),
});

export const evalRunSchema = z.object({
  id: z.uuid(),
  state: z.enum(["queued", "running", "done", "cancelled"]),
  reason: z.enum(["tag", "pull-request", "re-run", "no-sandbox", "errored"]),
  status: z.enum(["passed", "failed", "errored", "skipped", "ungraded"]).nullable(),
  outcome: z.string().nullable(),
  summary: z.string(),
  attempt: count,
  /** Runs that come before it, while it waits. */
  before: count.nullable(),
  report: runReport.nullable(),
  createdAt: time,
  notBefore: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

/** The runs of a version, newest first, with the cases of the newest. */
export const versionEvalsSchema = z.object({
  runs: z.array(evalRunSchema),
  cases: z.array(evalCaseSchema),
});

export type EvalRun = z.infer<typeof evalRunSchema>;
export type EvalCase = z.infer<typeof evalCaseSchema>;
export type VersionEvals = z.infer<typeof versionEvalsSchema>;
