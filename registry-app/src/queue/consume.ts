import { UnrecoverableError, type Job as StoredJob } from "bullmq";
import type { Db } from "../db/index.ts";
import { Stalled, type Clock, type Ids, type Log } from "../runtime/index.ts";
import type { Backend, RunningWorker } from "./backend.ts";
import type { Job, Payload } from "./jobs.ts";
import { recordDeadLetter, resolveDeadLetters, type DeadLetter } from "./store.ts";

/** A kind of job with what to do for it; made by `handle`. */
export type Handler = {
  readonly job: Pick<Job, "name">;
  /** How many run at once in this process, where it is not what `consume` says for all. */
  readonly concurrency?: number;
  run(payload: unknown): Promise<void>;
};

/**
 * Says what to do for a kind of job. `work` must be idempotent: a job may run again after a crash, and may find
 * its work already done. Throwing means "try again later"; throwing Stalled means that no retry can help.
 */
export function handle<P extends Payload>(
  job: Job<P>,
  work: (payload: P) => Promise<void>,
  tuning: Pick<Handler, "concurrency"> = {},
): Handler {
  const run = async (payload: unknown) => {
    const parsed = job.payload.safeParse(payload);
    if (!parsed.success) throw new Stalled(`the payload is wrong: ${parsed.error.message}`);
    await work(parsed.data);
  };
  return { job, run, ...tuning };
}

export type ConsumeOptions = {
  /** How many jobs of each kind run at once in this process. */
  readonly concurrency?: number;
  /** After this long without a sign of life a job's worker counts as dead, and the job runs again. */
  readonly lockMs?: number;
  /** How long `close` waits for running jobs; what still runs then is done again by the next worker. */
  readonly drainMs?: number;
  /** Called once a job is given up, after its dead letter is written. */
  readonly onDeadLetter?: (letter: DeadLetter) => Promise<void> | void;
};
export type Consumer = {
  /** Takes no more jobs and waits for the running ones. */
  close(): Promise<void>;
};
type Deps = {
  readonly backend: Backend;
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
};

/** A worker that is not woken looks for itself: what a lost wake-up costs at most. The library's own is 5 s. */
const LOOK_EVERY_S = 1;

/** A job that has taken this many workers down with it is given up. */
const MAX_CRASHES = 3;

/** Starts a worker for each kind of job, so that slow ones of one kind never hold up another. */
export async function consume(
  deps: Deps,
  handlers: readonly Handler[],
  options: ConsumeOptions,
): Promise<Consumer> {
  const { concurrency = 4, lockMs = 10_000, drainMs = 8000 } = options;
  const workers = handlers.map((handler) => {
    const { name } = handler.job;
    const worker = deps.backend.createWorker(name, (stored) => runOnce(deps, handler, stored), {
      concurrency: handler.concurrency ?? concurrency,
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 2),
      maxStalledCount: MAX_CRASHES,
      runRetryDelay: 1000,
      drainDelay: LOOK_EVERY_S,
    });
    watch(deps, name, worker, options.onDeadLetter);
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => closeWithin(worker, drainMs)));
    },
  };
}

async function runOnce(
  { db, clock }: Deps,
  handler: Handler,
  stored: StoredJob<Payload>,
): Promise<void> {
  try {
    await handler.run(stored.data);
    // A job that was under way in several crashes of others is given up, asked for again by the sweep, and then done.
    await resolveDeadLetters(db, { job: handler.job.name, payload: stored.data }, clock.now());
  } catch (cause) {
    if (!(cause instanceof Stalled)) throw cause;
    // The library's own word for "do not retry"; it keeps only the message.
    throw new UnrecoverableError(cause.message);
  }
}

function watch(
  deps: Deps,
  name: string,
  worker: RunningWorker,
  onDeadLetter: ConsumeOptions["onDeadLetter"],
): void {
  const log = deps.log.child({ job: name });
  let collecting: Promise<void> = Promise.resolve();
  const collect = () => {
    collecting = collecting
      .then(() => collectDeadLetters(deps, name, log, onDeadLetter))
      .catch((cause: unknown) => log.error({ cause }, "a dead letter could not be written"));
  };
  worker.on("error", (cause) => log.warn({ cause }, "a worker lost its connection"));
  worker.on("stalled", (id) => log.warn({ id }, "a job's worker died; the job runs again"));
  worker.on("failed", (stored, cause) => {
    log.warn({ id: stored?.id, data: stored?.data, cause }, "a job failed");
    if (stored?.finishedOn !== undefined) collect();
  });
  // What an earlier process gave up but did not live to record.
  collect();
}

/** Turns each job that the queue has given up into a dead letter, then lets the queue forget it. Safe to repeat. */
async function collectDeadLetters(
  { backend, db, clock, ids }: Deps,
  name: string,
  log: Log,
  onDeadLetter: ConsumeOptions["onDeadLetter"],
): Promise<void> {
  for (const failed of await backend.queueFor(name).getFailed(0, 99)) {
    const letter: DeadLetter = {
      id: ids.next(),
      job: name,
      payload: failed.data,
      error: failed.failedReason || "unknown",
      failedAt: clock.now(),
    };
    await recordDeadLetter(db, letter);
    await failed.remove();
    log.error({ data: letter.payload, error: letter.error }, "a job was given up: dead letter");
    await onDeadLetter?.(letter);
  }
}

async function closeWithin(worker: RunningWorker, drainMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<"expired">((resolve) => {
    timer = setTimeout(() => resolve("expired"), drainMs);
  });
  const outcome = await Promise.race([worker.close(), expired]);
  clearTimeout(timer);
  if (outcome === "expired") await worker.close(true);
}
