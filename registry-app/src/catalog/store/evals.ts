import { sql } from "kysely";
import type { Db, EvalCaseStatus, EvalReason, EvalRunStatus } from "../../db/index.ts";

export type EvalRunRow = {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "cancelled";
  readonly reason: EvalReason;
  readonly status: EvalRunStatus | null;
  readonly outcome: string | null;
  readonly summary: string;
  readonly attempt: number;
  readonly report: unknown;
  readonly notBefore: Date;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
};

/** The runs of a version, newest first. */
export async function listEvalRuns(
  db: Db,
  versionId: string,
  limit: number,
): Promise<EvalRunRow[]> {
  const { rows } = await sql<EvalRunRow>`
    SELECT id, state, reason, status, outcome, summary, attempt, report, not_before AS "notBefore",
      created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt"
    FROM eval_queues WHERE version_id = ${versionId} ORDER BY created_at DESC, id DESC LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}

/** How many runs are to be done before this one, as far as priority and age say. */
export async function countBefore(db: Db, runId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM eval_queues q JOIN eval_queues own ON own.id = ${runId}
    WHERE q.state = 'queued' AND q.id <> own.id AND (q.priority, q.created_at) < (own.priority, own.created_at)`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export type EvalCaseRow = {
  readonly id: string;
  readonly arm: "with-skill" | "no-skill" | "previous-version";
  readonly name: string;
  readonly kind: "script" | "agent" | "trigger";
  readonly status: EvalCaseStatus | "running";
  readonly isRequired: boolean;
  readonly isFlaky: boolean;
  readonly trials: number;
  readonly passedTrials: number;
  readonly durationMs: number | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly detail: unknown;
  readonly logSha256: string | null;
  readonly isCached: boolean;
};

export async function listEvalCases(db: Db, runId: string): Promise<EvalCaseRow[]> {
  const { rows } = await sql<EvalCaseRow>`
    SELECT case_id AS id, arm, name, kind, status, is_required AS "isRequired", is_flaky AS "isFlaky", trials,
      passed_trials AS "passedTrials", duration_ms AS "durationMs", cpu_ms AS "cpuMs",
      peak_memory_bytes AS "peakMemoryBytes", detail, log_sha256 AS "logSha256", is_cached AS "isCached"
    FROM eval_results WHERE queue_id = ${runId} ORDER BY position, arm DESC LIMIT 600`.execute(db);
  return rows;
}

export type EvalHistoryRow = {
  readonly version: string;
  readonly status: EvalCaseStatus;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly isFlaky: boolean;
  readonly finishedAt: Date;
};

/** What came of a case in the newest finished run of each shown version of its skill, newest first. */
export async function listCaseHistory(
  db: Db,
  skillId: string,
  caseId: string,
  limit: number,
): Promise<EvalHistoryRow[]> {
  const { rows } = await sql<EvalHistoryRow>`
    SELECT * FROM (
      SELECT DISTINCT ON (v.id) v.version, r.status, r.duration_ms AS "durationMs",
        r.peak_memory_bytes AS "peakMemoryBytes", r.is_flaky AS "isFlaky", r.finished_at AS "finishedAt"
      FROM skill_versions v JOIN eval_queues q ON q.version_id = v.id AND q.state = 'done'
      JOIN eval_results r ON r.queue_id = q.id AND r.case_id = ${caseId} AND r.arm = 'with-skill'
      WHERE v.skill_id = ${skillId} AND v.state IN ('published', 'held', 'quarantined', 'yanked')
        AND r.finished_at IS NOT NULL
      ORDER BY v.id, q.created_at DESC) newest
    ORDER BY "finishedAt" DESC LIMIT ${limit}`.execute(db);
  return rows;
}

/** What came of every real run of what this case was given, oldest first: the same bytes, case and sandbox. */
export async function listSameInput(
  db: Db,
  { runId, caseId, limit }: { runId: string; caseId: string; limit: number },
): Promise<EvalCaseStatus[]> {
  const { rows } = await sql<{ status: EvalCaseStatus }>`
    SELECT status FROM (
      SELECT o.status, o.finished_at FROM eval_results own
      JOIN eval_results o ON o.cache_key = own.cache_key AND NOT o.is_cached
      WHERE own.queue_id = ${runId} AND own.case_id = ${caseId} AND own.arm = 'with-skill'
        AND o.arm = 'with-skill' AND o.finished_at IS NOT NULL
      ORDER BY o.finished_at DESC LIMIT ${limit}) newest
    ORDER BY finished_at`.execute(db);
  return rows.map(({ status }) => status);
}
