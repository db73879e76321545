import type { CaseDetail } from "../stored-report.ts";
import type { Db, EvalArm, EvalCaseStatus, EvalKind, Tx } from "../../db/index.ts";

/** A case that has begun. */
export type StartedCase = {
  readonly caseId: string;
  readonly arm: EvalArm;
  readonly position: number;
  readonly name: string;
  readonly kind: EvalKind;
  readonly isRequired: boolean;
};

/** What came of a case. */
export type CaseRow = StartedCase & {
  readonly status: EvalCaseStatus;
  readonly isFlaky: boolean;
  readonly trials: number;
  readonly passedTrials: number;
  readonly score: number | null;
  readonly durationMs: number | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly detail: CaseDetail;
  readonly logSha256: string | null;
  readonly cacheKey: string | null;
  readonly isCached: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
};

type Claim = { readonly id: string; readonly attempt: number };

/** Shows a case as running; what an earlier attempt left of it is gone. */
export async function putStarted(
  tx: Tx,
  claim: Claim,
  started: StartedCase,
  at: Date,
): Promise<void> {
  const row = {
    attempt: claim.attempt,
    position: started.position,
    name: started.name,
    kind: started.kind,
    status: "running" as const,
    is_required: started.isRequired,
    started_at: at,
    finished_at: null,
  };
  await tx
    .insertInto("eval_results")
    .values({ queue_id: claim.id, case_id: started.caseId, arm: started.arm, ...row, detail: "{}" })
    .onConflict((conflict) => conflict.columns(["queue_id", "case_id", "arm"]).doUpdateSet(row))
    .execute();
}

/** Writes what came of a case, once for each run, whoever ran it. */
export async function putResult(tx: Tx, claim: Claim, result: CaseRow): Promise<void> {
  const row = {
    attempt: claim.attempt,
    position: result.position,
    name: result.name,
    kind: result.kind,
    status: result.status,
    is_required: result.isRequired,
    is_flaky: result.isFlaky,
    trials: result.trials,
    passed_trials: result.passedTrials,
    score: result.score,
    duration_ms: result.durationMs,
    cpu_ms: result.cpuMs,
    peak_memory_bytes: result.peakMemoryBytes,
    detail: JSON.stringify(result.detail),
    log_sha256: result.logSha256,
    cache_key: result.cacheKey,
    is_cached: result.isCached,
    started_at: result.startedAt,
    finished_at: result.finishedAt,
  };
  await tx
    .insertInto("eval_results")
    .values({ queue_id: claim.id, case_id: result.caseId, arm: result.arm, ...row })
    .onConflict((conflict) => conflict.columns(["queue_id", "case_id", "arm"]).doUpdateSet(row))
    .execute();
}

/** Cases that an attempt began and nobody finished: they belong to a worker that died. */
export async function dropUnfinished(tx: Tx, { id }: Claim): Promise<void> {
  await tx
    .deleteFrom("eval_results")
    .where("queue_id", "=", id)
    .where("status", "=", "running")
    .execute();
}

export type CachedResult = Pick<
  CaseRow,
  | "status"
  | "isFlaky"
  | "trials"
  | "passedTrials"
  | "score"
  | "durationMs"
  | "cpuMs"
  | "peakMemoryBytes"
  | "logSha256"
> & { readonly detail: unknown };

/** The newest result that was really run with this key since `since`. */
export async function findCached(
  db: Db,
  key: string,
  since: Date,
): Promise<CachedResult | undefined> {
  return db
    .selectFrom("eval_results")
    .where("cache_key", "=", key)
    .where("is_cached", "=", false)
    .where("status", "in", ["passed", "failed", "timeout"])
    .where("finished_at", ">=", since)
    .orderBy("finished_at", "desc")
    .limit(1)
    .select([
      "status",
      "is_flaky as isFlaky",
      "trials",
      "passed_trials as passedTrials",
      "score",
      "duration_ms as durationMs",
      "cpu_ms as cpuMs",
      "peak_memory_bytes as peakMemoryBytes",
      "log_sha256 as logSha256",
      "detail",
    ])
    .$narrowType<{ status: EvalCaseStatus }>()
    .executeTakeFirst();
}
