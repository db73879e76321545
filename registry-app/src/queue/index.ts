/** The queue: the catalogue of jobs, enqueue, consume; on Postgres in the caller's transaction, or on Redis. */
export { handle, type ConsumeOptions, type Consumer, type Handler } from "./consume.ts";
export { createQueue, type JobCounts, type Queue, type QueueOptions } from "./create-queue.ts";
export {
  admitTags,
  alignFiles,
  applyLaw,
  carryOutAsk,
  decideVersion,
  defineJob,
  evaluatePullRequest,
  evaluateVersion,
  JOBS,
  judgeOwners,
  judgePull,
  releaseVersion,
  rescan,
  scanVersion,
  syncSource,
  type Job,
  type Payload,
} from "./jobs.ts";
export { migrateQueue } from "./migrate-queue.ts";
export { retryDeadLetter } from "./retry-dead-letter.ts";
export { listDeadLetters, type DeadLetter } from "./store.ts";
export { candidatesFor, startSweeper, type Candidates, type Sweeper } from "./sweep.ts";
