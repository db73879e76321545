import type { Generated, JSONColumnType } from "kysely";
import type { Outcome } from "./skills.ts";

export type EvalSubject = "version" | "pull-request";
export type EvalReason = "tag" | "pull-request" | "re-run" | "no-sandbox" | "errored";
export type EvalRunStatus = "passed" | "failed" | "errored" | "skipped" | "ungraded";
export type EvalCaseStatus = EvalRunStatus | "timeout";
export type EvalArm = "with-skill" | "no-skill" | "previous-version";
export type EvalKind = "script" | "agent" | "trigger";

/** What the law lets the runs of a team use, as it was when the run was asked for. */
export type EvalPolicy = {
  /** Runs of the team at the same time. */
  readonly slots: number;
  /** Minutes of runs within 24 hours. */
  readonly minutesPerDay: number;
  readonly maxTimeoutMs: number;
  readonly maxMemoryBytes: number;
  readonly maxCpus: number;
};

export interface EvalQueuesTable {
  id: string;
  kind: EvalSubject;
  version_id: string | null;
  source_id: string;
  team_id: string;
  skill: string;
  folder: string;
  commit_oid: string;
  /** Of a pull request: whose head it runs, and the archive of the skill there. */
  pull_id: string | null;
  tar_sha256: string | null;
  reason: EvalReason;
  /** The lower, the sooner. */
  priority: number;
  requested_by: string | null;
  policy: JSONColumnType<EvalPolicy, string, string>;
  state: "queued" | "running" | "done" | "cancelled";
  /** Counts claims: what an earlier claim still writes is not taken. */
  attempt: Generated<number>;
  worker: string | null;
  lease_until: Date | null;
  not_before: Date;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  status: EvalRunStatus | null;
  outcome: Outcome | null;
  summary: Generated<string>;
  report: JSONColumnType<Record<string, unknown>, string | null, string | null> | null;
}

export interface EvalResultsTable {
  queue_id: string;
  case_id: string;
  arm: EvalArm;
  position: number;
  attempt: number;
  name: string;
  kind: EvalKind;
  status: EvalCaseStatus | "running";
  is_required: boolean;
  is_flaky: Generated<boolean>;
  trials: Generated<number>;
  passed_trials: Generated<number>;
  score: number | null;
  duration_ms: number | null;
  cpu_ms: number | null;
  peak_memory_bytes: number | null;
  detail: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  /** Its log in the archive store, gzip. */
  log_sha256: string | null;
  cache_key: string | null;
  is_cached: Generated<boolean>;
  started_at: Date;
  finished_at: Date | null;
}
