import type { PolicyLaw } from "../control/index.ts";
import type { EvalPolicy, EvalReason, Tx } from "../db/index.ts";
import {
  evaluateNext,
  queuePull,
  queueVersions,
  type ClaimedRun,
  type EvaluateDeps,
  type SuiteResult,
  type WantedPullRun,
} from "../evals/index.ts";
import {
  recordCheckIn,
  recordObservation,
  type PendingCheck,
  type RecordDeps,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import { checked } from "./scan-handlers.ts";
import { toObservation } from "./to-observation.ts";

/** Named on the check of every version that has evals, until and after it was run. */
export const EVALS_CHECK: PendingCheck = {
  name: "evals",
  engineVersion: "evals-1",
  onlyWith: "evals/evals.json",
};

export type EvaluatingDeps = Omit<EvaluateDeps, "onOutcome"> &
  Omit<RecordDeps, "onCheck"> & {
    /** Suites that are run at once in this process. */
    readonly suitesAtOnce: number;
  };

/** The jobs that need the sandbox: what the process for checks takes up. */
export function evalHandlers(
  ask: queue.Queue,
  { suitesAtOnce, ...deps }: EvaluatingDeps,
): readonly queue.Handler[] {
  const record: RecordDeps = { ...deps, onCheck: checked(ask) };
  const onOutcome: EvaluateDeps["onOutcome"] = (tx, run, result) =>
    recordOutcome(record, tx, run, result);
  // A job is leave to run what waits; whose turn it is stands in the rows.
  const drain = async (kind: "version" | "pull-request") => {
    while (await evaluateNext({ ...deps, onOutcome }, kind));
  };
  const tuning = { concurrency: suitesAtOnce };
  return [
    queue.handle(queue.evaluateVersion, () => drain("version"), tuning),
    queue.handle(queue.evaluatePullRequest, () => drain("pull-request"), tuning),
  ];
}

async function recordOutcome(
  deps: RecordDeps,
  tx: Tx,
  { versionId }: ClaimedRun,
  { outcome, summary, findings, watched }: SuiteResult,
): Promise<() => Promise<void>> {
  if (versionId === null) return async () => undefined;
  const afterSeen =
    watched === null
      ? undefined
      : await recordObservation(tx, deps, { versionId, seen: toObservation(watched) });
  const { name, engineVersion } = EVALS_CHECK;
  const found = findings.map((one) => ({ ...one, column: 1 }));
  const facts = { outcome, summary, score: null, detail: {}, findings: found };
  const afterCheck = await recordCheckIn(tx, deps, { versionId, name, engineVersion, ...facts });
  return async () => {
    await afterSeen?.();
    await afterCheck();
  };
}

const PRIORITY: Readonly<Record<EvalReason, number>> = {
  "pull-request": 1,
  "re-run": 5,
  tag: 10,
  errored: 50,
  "no-sandbox": 60,
};

/** Below all of `PRIORITY`, and below what a repo brought along. */
const FORK_PRIORITY = 200;

/** Asks for the evals of those of the versions that have some. */
export async function requestEvals(
  ask: queue.Queue,
  tx: Tx,
  wish: {
    readonly versionIds: readonly string[];
    readonly reason: EvalReason;
    readonly requestedBy: string | null;
    readonly law: Pick<PolicyLaw, "evals">;
    readonly at: Date;
  },
): Promise<readonly string[]> {
  const { versionIds, reason, requestedBy, law, at } = wish;
  const priority = PRIORITY[reason];
  const policy = toEvalPolicy(law);
  const wanted = { versionIds, reason, priority, requestedBy, policy, at };
  const added = await queueVersions(tx, wanted);
  await ask.enqueueAll(
    tx,
    queue.evaluateVersion,
    added.map((versionId) => ({ versionId })),
  );
  return added;
}

/** Asks for the evals of a skill as a pull request has it; what it had before is called off. */
export async function requestPullEvals(
  ask: queue.Queue,
  tx: Tx,
  {
    isFork,
    ...subject
  }: Omit<WantedPullRun, "priority" | "policy" | "at"> & { readonly isFork: boolean },
  law: Pick<PolicyLaw, "evals">,
  at: Date,
): Promise<void> {
  const policy = toEvalPolicy(law);
  // A stranger's run comes after everybody's own, and one at a time.
  const wish = isFork
    ? { priority: FORK_PRIORITY, policy: { ...policy, slots: 1 } }
    : { priority: PRIORITY["pull-request"], policy };
  const runId = await queuePull(tx, { ...subject, ...wish, at });
  if (runId !== undefined) await ask.enqueue(tx, queue.evaluatePullRequest, { runId });
}

function toEvalPolicy({ evals }: Pick<PolicyLaw, "evals">): EvalPolicy {
  return {
    slots: evals.slots,
    minutesPerDay: evals.minutesPerDay,
    maxTimeoutMs: evals.maxSeconds * 1_000,
    maxMemoryBytes: evals.maxMemoryMiB * 1024 * 1024,
    maxCpus: evals.maxCpus,
  };
}
