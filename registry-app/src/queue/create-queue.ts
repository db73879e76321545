import type { Db, OpenDatabase, Tx } from "../db/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import type { Backend, Entry } from "./backend.ts";
import { consume, type Consumer, type ConsumeOptions, type Handler } from "./consume.ts";
import type { Job, Payload } from "./jobs.ts";
import { createPostgresBackedQueue } from "./on-postgres.ts";
import { createRedisBackedQueue } from "./on-redis.ts";

export type QueueOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly backend:
    | { readonly kind: "postgres"; readonly pool: OpenDatabase["pool"] }
    | { readonly kind: "redis"; readonly url: string; readonly prefix?: string };
};

export type Queue = {
  /**
   * Asks for a job. With a Tx it becomes visible with the commit and not at all after a rollback; ask near the end of
   * the transaction, since other transactions that ask for the same job wait for it. Throws on a payload of the wrong shape.
   */
  enqueue<P extends Payload>(to: Db | Tx, job: Job<P>, payload: P): Promise<void>;
  /** Asks for many jobs of one kind at once; up to 1,000 in one transaction. */
  enqueueAll<P extends Payload>(to: Db | Tx, job: Job<P>, payloads: readonly P[]): Promise<void>;
  /** Starts working on the kinds of jobs that `handlers` are for. */
  consume(handlers: readonly Handler[], options?: ConsumeOptions): Promise<Consumer>;
  /** How many jobs of this kind wait, run or are put off until their next attempt. */
  count(job: Pick<Job, "name">): Promise<JobCounts>;
  /** Closes the queue; consumers are closed before it. */
  close(): Promise<void>;
};
export type JobCounts = {
  readonly waiting: number;
  readonly running: number;
  readonly delayed: number;
};

/** Opens the queue on Postgres (the product's default) or on Redis. */
export function createQueue(options: QueueOptions): Queue {
  const { ids } = options;
  const backend = createBackend(options);
  const enqueueAll = async <P extends Payload>(
    to: Db | Tx,
    job: Job<P>,
    payloads: readonly P[],
  ) => {
    const entries = payloads.map((payload) => entryFor(job, job.payload.parse(payload), ids));
    if (entries.length > 0) await backend.add(to, job.name, entries);
  };
  return {
    enqueue: (to, job, payload) => enqueueAll(to, job, [payload]),
    enqueueAll,
    consume: (handlers, tuning = {}) => consume({ ...options, backend }, handlers, tuning),
    count: async ({ name }) => {
      const counts = await backend.queueFor(name).getJobCounts("waiting", "active", "delayed");
      const { waiting = 0, active = 0, delayed = 0 } = counts;
      return { waiting, running: active, delayed };
    },
    close: () => backend.close(),
  };
}

function createBackend({ backend, log }: QueueOptions): Backend {
  return backend.kind === "postgres"
    ? createPostgresBackedQueue(backend.pool, log)
    : createRedisBackedQueue(backend.url, backend.prefix ?? "assay", log);
}

function entryFor<P extends Payload>(job: Job<P>, payload: P, ids: Ids): Entry {
  return {
    name: job.name,
    data: payload,
    opts: {
      jobId: ids.next(),
      attempts: job.attempts,
      backoff: { type: "exponential", delay: job.backoffMs },
      deduplication: { id: job.keyOf(payload), keepLastIfActive: true },
      removeOnComplete: true,
      // Kept until the dead letter is written.
      removeOnFail: false,
    },
  };
}
