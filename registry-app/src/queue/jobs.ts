import { z } from "zod";

/** One kind of job. Its payload is ids only: the rows are the truth, a job only says where to look. */
export type Job<P extends Payload = Payload> = {
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** How often it is tried in all before it becomes a dead letter. */
  readonly attempts: number;
  /** Wait before the second attempt; it doubles with each further one. */
  readonly backoffMs: number;
  /**
   * Jobs with the same key are one: while one waits, another is not added; while one runs, exactly one more follows it.
   * So a job always runs after the last time it was asked for, and never beside itself.
   */
  keyOf(payload: P): string;
};
export type Payload = Readonly<Record<string, string>>;

/** Declares a kind of job. */
export function defineJob<P extends Payload>(job: Job<P>): Job<P> {
  return job;
}

const ofSource = z.strictObject({ sourceId: z.uuid() });
const ofVersion = z.strictObject({ versionId: z.uuid() });

/** Fetch a source and turn what changed into sightings. */
export const syncSource = defineJob({
  name: "sync-source",
  payload: ofSource,
  attempts: 6,
  backoffMs: 2000,
  keyOf: ({ sourceId }) => sourceId,
});

/** Judge the pending tags of a source. */
export const admitTags = defineJob({
  name: "admit-tags",
  payload: ofSource,
  attempts: 5,
  backoffMs: 500,
  keyOf: ({ sourceId }) => sourceId,
});

/** Have the archive of a version read by the scanner. */
export const scanVersion = defineJob({
  name: "scan-version",
  payload: ofVersion,
  attempts: 5,
  backoffMs: 1000,
  keyOf: ({ versionId }) => versionId,
});

/** Run the evals whose turn it is, of a version; the rows say which. */
export const evaluateVersion = defineJob({
  name: "evaluate-version",
  payload: ofVersion,
  attempts: 5,
  backoffMs: 2000,
  keyOf: ({ versionId }) => versionId,
});

/** The same for the commit of a pull request. */
export const evaluatePullRequest = defineJob({
  name: "evaluate-pull-request",
  payload: z.strictObject({ runId: z.uuid() }),
  attempts: 5,
  backoffMs: 2000,
  keyOf: ({ runId }) => runId,
});

/** One step of bringing the scanner's rules into force for what was decided before. */
export const rescan = defineJob({
  name: "rescan",
  payload: z.strictObject({ because: z.string() }),
  attempts: 5,
  backoffMs: 2000,
  keyOf: () => "rescan",
});

/** Decide a candidate from its checks and the policy. */
export const decideVersion = defineJob({
  name: "decide-version",
  payload: ofVersion,
  attempts: 5,
  backoffMs: 500,
  keyOf: ({ versionId }) => versionId,
});

/** Write the log line and the archives of a version and make it visible. */
export const releaseVersion = defineJob({
  name: "release-version",
  payload: ofVersion,
  attempts: 8,
  backoffMs: 500,
  keyOf: ({ versionId }) => versionId,
});

/** Make the public JSON of a skill say what is recorded. */
export const alignFiles = defineJob({
  name: "align-files",
  payload: z.strictObject({ skillId: z.uuid() }),
  attempts: 5,
  backoffMs: 1000,
  keyOf: ({ skillId }) => skillId,
});

/** Bring what was published in line with a law of the control repo, named by its digest. */
export const applyLaw = defineJob({
  name: "apply-law",
  payload: z.strictObject({ digest: z.string() }),
  attempts: 5,
  backoffMs: 2000,
  keyOf: () => "law",
});

/** Make something of the head of a pull request. */
export const judgePull = defineJob({
  name: "judge-pull",
  payload: z.strictObject({ sourceId: z.uuid(), number: z.string().regex(/^[1-9]\d{0,8}$/) }),
  attempts: 5,
  backoffMs: 3000,
  keyOf: ({ sourceId, number }) => `${sourceId}.${number}`,
});

/** See whether the code owners of a version have approved it, by git and by what their host said. */
export const judgeOwners = defineJob({
  name: "judge-owners",
  payload: ofVersion,
  attempts: 5,
  backoffMs: 3000,
  keyOf: ({ versionId }) => versionId,
});

/** Do what somebody asked for by a button on their host, who may. */
export const carryOutAsk = defineJob({
  name: "carry-out-ask",
  payload: z.strictObject({ askId: z.uuid() }),
  attempts: 5,
  backoffMs: 1000,
  keyOf: ({ askId }) => askId,
});

/** The catalogue: every kind of job there is. */
export const JOBS = [
  carryOutAsk,
  judgeOwners,
  judgePull,
  syncSource,
  admitTags,
  scanVersion,
  evaluateVersion,
  evaluatePullRequest,
  decideVersion,
  releaseVersion,
  alignFiles,
  applyLaw,
  rescan,
] as const;
