import {
  transaction,
  type Db,
  type EvalRunStatus,
  type EvalSubject,
  type Outcome,
  type Tx,
} from "../db/index.ts";
import type { Clock, Log } from "../runtime/index.ts";
import type { RunReport } from "./stored-report.ts";
import type { Watched } from "./watch-suite.ts";
import {
  cancelRun,
  claimRun,
  holdClaim,
  putBack,
  putFinished,
  renewLease,
  type ClaimedRun,
} from "./store/queue.ts";
import {
  dropUnfinished,
  putResult,
  putStarted,
  type CaseRow,
  type StartedCase,
} from "./store/results.ts";

/** What came of all cases of one skill. */
export type SuiteResult = {
  readonly status: EvalRunStatus;
  readonly outcome: Outcome;
  /** One line for pages and decisions. */
  readonly summary: string;
  readonly findings: readonly EvalFinding[];
  /** What the script cases were seen to do; null where nobody looked. */
  readonly watched: Watched | null;
  readonly report: RunReport;
};

/** A case that stands against the version. */
export type EvalFinding = {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
};

/** What a suite tells while it runs. */
export type SuiteEvents = {
  readonly onStarted: (started: StartedCase) => Promise<void>;
  readonly onResult: (result: CaseRow) => Promise<void>;
};

export type EvaluateDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process on pages. */
  readonly worker: string;
  /** A run that failed on our side is tried again after this long, and after longer each time. */
  readonly firstWaitMs: number;
  /** Runs the cases; throws only what is our own fault. Ends soon once the signal is given. */
  readonly runSuite: (
    run: ClaimedRun,
    events: SuiteEvents,
    signal: AbortSignal,
  ) => Promise<SuiteResult>;
  /** Says the outcome to whoever decides, in the transaction that closes the run; what it gives runs after the commit. */
  readonly onOutcome: (
    tx: Tx,
    run: ClaimedRun,
    result: SuiteResult,
  ) => Promise<() => Promise<void>>;
};

/**
 * A worker that gives no sign of life for this long has lost its run. Shorter than the queue waits (10 s) before it gives
 * a dead worker's job to another, who then finds the run free.
 */
const LEASE_MS = 8_000;
const RENEW_EVERY_MS = 2_000;
/** A run that fails on our side is tried this often before that is what is recorded. */
const MAX_ATTEMPTS = 5;

/** Runs the suite whose turn it is. False when there is none. */
export async function evaluateNext(deps: EvaluateDeps, kind: EvalSubject): Promise<boolean> {
  const { db, clock, worker } = deps;
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const run = await claimRun(db, { kind, worker, now, leaseUntil });
  if (run === undefined) return false;
  const log = deps.log.child({ run: run.id, skill: run.skill, attempt: run.attempt });
  if (run.isTakeover) log.warn({}, "a run of evals is taken over from a worker that went silent");
  if (run.isRefused) {
    await cancelRun(db, run.id, "The version was refused meanwhile.", clock.now());
    return true;
  }
  await transaction(db, (tx) => dropUnfinished(tx, run));
  const lease = keepLease(deps, run);
  try {
    const result = await runOrFail(deps, run, lease.signal);
    await close(deps, run, result, log);
  } finally {
    lease.end();
  }
  return true;
}

/** Renews the lease until `end`; the signal is given when the run is somebody else's or was cancelled. */
function keepLease({ db, clock, log }: EvaluateDeps, run: ClaimedRun) {
  const lost = new AbortController();
  const renew = async () => {
    const until = new Date(clock.now().getTime() + LEASE_MS);
    if (!(await renewLease(db, run, until))) lost.abort();
  };
  const timer = setInterval(() => {
    renew().catch((cause: unknown) => log.warn({ cause }, "a lease could not be renewed"));
  }, RENEW_EVERY_MS);
  return { signal: lost.signal, end: () => clearInterval(timer) };
}

async function runOrFail(
  deps: EvaluateDeps,
  run: ClaimedRun,
  signal: AbortSignal,
): Promise<SuiteResult> {
  const { db, clock } = deps;
  // What this claim may no longer write is dropped: the run is over or another worker's.
  const write = (put: (tx: Tx) => Promise<void>) =>
    transaction(db, async (tx) => {
      if (await holdClaim(tx, run)) await put(tx);
    });
  const events: SuiteEvents = {
    onStarted: (started) => write((tx) => putStarted(tx, run, started, clock.now())),
    onResult: (result) => write((tx) => putResult(tx, run, result)),
  };
  try {
    return await deps.runSuite(run, events, signal);
  } catch (cause) {
    deps.log.error({ run: run.id, cause }, "a run of evals failed on our side");
    return {
      status: "errored",
      outcome: "errored",
      summary: "the run failed on the registry's side; its log says why",
      findings: [],
      watched: null,
      report: { unavailable: null, isolation: null, warnings: [] },
    };
  }
}

async function close(
  deps: EvaluateDeps,
  run: ClaimedRun,
  result: SuiteResult,
  log: Log,
): Promise<void> {
  const { db, clock, firstWaitMs } = deps;
  const at = clock.now();
  const after = await transaction(db, async (tx) => {
    if (!(await holdClaim(tx, run))) return undefined;
    await dropUnfinished(tx, run);
    if (result.status === "errored" && run.attempt < MAX_ATTEMPTS) {
      const waitMs = firstWaitMs * 4 ** (run.attempt - 1);
      const notBefore = new Date(at.getTime() + waitMs);
      await putBack(tx, run, { notBefore, summary: result.summary, at });
      return undefined;
    }
    await putFinished(tx, run, { ...result, at });
    return deps.onOutcome(tx, run, result);
  });
  if (after !== undefined) await after();
  log.info({ status: result.status, outcome: result.outcome }, "a run of evals ended");
}
