import type { JobsOptions, Processor, Queue, WorkerOptions } from "bullmq";
import type { Db, Tx } from "../db/index.ts";

/** What the two backends have to offer; all else is the same for both. */
export type Backend = {
  /** The stored side of one kind of job. */
  queueFor(name: string): StoredQueue;
  createWorker(name: string, run: Processor, options: WorkerTuning): RunningWorker;
  /** Adds jobs so that they become visible with the caller's transaction, or at once without one. */
  add(to: Db | Tx, name: string, entries: readonly Entry[]): Promise<void>;
  close(): Promise<void>;
};
export type StoredQueue = Pick<Queue, "addBulk" | "getFailed" | "getJobCounts">;
export type RunningWorker = {
  on(event: "error", listener: (cause: Error) => void): unknown;
  on(event: "stalled", listener: (id: string) => void): unknown;
  on(event: "failed", listener: (job: FailedJob | undefined, cause: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
};
type FailedJob = { readonly id?: string; readonly data: unknown; readonly finishedOn?: number };
export type WorkerTuning = Omit<WorkerOptions, "connection" | "prefix">;
export type Entry = {
  readonly name: string;
  readonly data: unknown;
  readonly opts: JobsOptions & { deduplication: { id: string } };
};

/** The queue announces what happens to each job; nothing here listens to that, so little of it is kept. */
export const STREAMS = { events: { maxLen: 100 } };

/** Opens each kind of queue once, on first use. */
export function rememberQueues<Q extends { close(): Promise<void> }>(open: (name: string) => Q) {
  const queues = new Map<string, Q>();
  return {
    get(name: string): Q {
      const queue = queues.get(name) ?? open(name);
      queues.set(name, queue);
      return queue;
    },
    async close(): Promise<void> {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
