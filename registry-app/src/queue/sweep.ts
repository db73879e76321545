import type { Db } from "../db/index.ts";
import type { Clock, Log } from "../runtime/index.ts";
import type { Queue } from "./create-queue.ts";
import type { Job, Payload } from "./jobs.ts";
import { settleDeadLetters } from "./store.ts";

/** A kind of job with the rows that still wait for it; made by `candidatesFor`. */
export type Candidates = {
  readonly job: Pick<Job, "name">;
  /** Asks for the job of each row that waits, and returns those rows' payloads. */
  add(queue: Queue, db: Db): Promise<readonly Payload[]>;
};

/**
 * Names the rows that wait for `job`, at most `limit` of them. List only rows that have waited for a while, some seconds:
 * fresh ones have their job already.
 */
export function candidatesFor<P extends Payload>(
  job: Job<P>,
  list: (limit: number) => Promise<readonly P[]>,
): Candidates {
  const add = async (queue: Queue, db: Db) => {
    const payloads = await list(AT_ONCE);
    for (let from = 0; from < payloads.length; from += CHUNK) {
      await queue.enqueueAll(db, job, payloads.slice(from, from + CHUNK));
    }
    return payloads;
  };
  return { job, add };
}

const AT_ONCE = 1_000;
const CHUNK = 500;
/** Longer than what `list` passes over as fresh: a row whose letter is older than this would be listed if it waited. */
const LETTER_PATIENCE_MS = 60_000;

export type SweeperDeps = {
  readonly queue: Queue;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
};

export type Sweeper = {
  /** Sweeps once, now. */
  sweep(): Promise<void>;
  /** Ends the sweeping and waits for a sweep under way. */
  close(): Promise<void>;
};

/**
 * The repair for whatever the queue lost: at once and every `everyMs` it asks again for each job that a row still waits for.
 * A job that waits already is not doubled. A dead letter whose row waits no longer is closed: a job that was under way in
 * several crashes is given up, though its work was done in the last of them.
 */
export function startSweeper(
  { queue, db, clock, log }: SweeperDeps,
  candidates: readonly Candidates[],
  everyMs: number,
): Sweeper {
  const sweepOne = async ({ job, add }: Candidates) => {
    try {
      const before = new Date(clock.now().getTime() - LETTER_PATIENCE_MS);
      const waits = await add(queue, db);
      if (waits.length > 0)
        log.info({ job: job.name, count: waits.length }, "the sweeper asked for jobs again");
      if (waits.length < AT_ONCE)
        await settleDeadLetters(db, { job: job.name, waits, before }, clock.now());
    } catch (cause) {
      log.error({ job: job.name, cause }, "the sweeper failed; it tries again next time");
    }
  };
  let running: Promise<void> = Promise.resolve();
  const sweepAll = async () => {
    for (const one of candidates) await sweepOne(one);
  };
  const sweep = () => (running = running.then(sweepAll));
  void sweep();
  const timer = setInterval(() => void sweep(), everyMs);
  return {
    sweep,
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
