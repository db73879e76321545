import type { Db } from "../db/index.ts";
import type { Log } from "../runtime/index.ts";
import type { Queue } from "./create-queue.ts";
import type { Job, Payload } from "./jobs.ts";

/** A kind of job with the rows that still wait for it; made by `candidatesFor`. */
export type Candidates = {
  readonly job: Pick<Job, "name">;
  add(queue: Queue, db: Db): Promise<number>;
};

/** Names the rows that wait for `job`. List only rows that have waited for a while: fresh ones have their job already. */
export function candidatesFor<P extends Payload>(
  job: Job<P>,
  list: () => Promise<readonly P[]>,
): Candidates {
  const add = async (queue: Queue, db: Db) => {
    const payloads = await list();
    for (let from = 0; from < payloads.length; from += CHUNK) {
      await queue.enqueueAll(db, job, payloads.slice(from, from + CHUNK));
    }
    return payloads.length;
  };
  return { job, add };
}

const CHUNK = 500;

export type Sweeper = {
  /** Sweeps once, now. */
  sweep(): Promise<void>;
  /** Ends the sweeping and waits for a sweep under way. */
  close(): Promise<void>;
};

/**
 * The repair for whatever the queue lost: at once and every `everyMs` it asks again for each job that a row still waits for.
 * A job that waits already is not doubled.
 */
export function startSweeper(
  { queue, db, log }: { readonly queue: Queue; readonly db: Db; readonly log: Log },
  candidates: readonly Candidates[],
  everyMs: number,
): Sweeper {
  const sweepOne = async ({ job, add }: Candidates) => {
    try {
      const count = await add(queue, db);
      if (count > 0) log.info({ job: job.name, count }, "the sweeper asked for jobs again");
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
