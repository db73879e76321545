import { transaction, type Db } from "../db/index.ts";
import {
  asksForOwners,
  findOwnerReview,
  findReleaseFacts,
  putOwnerQuestions,
  putOwnersVerdict,
  reviewOwners,
  type LawDeps,
  type OwnersDeps,
  type OwnersReviewed,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import type { Clock } from "../runtime/index.ts";
import { fetchPullHead, type FetchDeps } from "../sources/index.ts";

export type OwnersHandlerDeps = Omit<OwnersDeps, "fetchHead"> & {
  readonly db: Db;
  readonly law: LawDeps["law"];
  readonly clock: Clock;
  readonly fetch: FetchDeps;
};

/** Somebody may approve what is merged already; who says so by a webhook is heard at once. */
const LOOK_AGAIN_MS = 600_000;
const LONGEST_MS = 24 * 3_600_000;

/**
 * The job that looks for the word of code owners: it puts questions to the process that may ask their host, and makes of
 * the answers what the decision rests on.
 */
export function ownersHandler(ask: queue.Queue, deps: OwnersHandlerDeps): queue.Handler {
  const { db, clock } = deps;
  return queue.handle(queue.judgeOwners, async ({ versionId }) => {
    const version = await findReleaseFacts(db, versionId);
    if (version === undefined || !asksForOwners(await deps.law(), version)) return;
    const { source } = version;
    const fetchHead = async (number: number) => {
      const problem = await fetchPullHead(deps.fetch, source, number);
      if (problem !== undefined)
        throw new Error(`the head of pull request ${number} was not fetched: ${problem}`);
    };
    const review = await findOwnerReview(db, versionId);
    if (review === undefined) return;
    const reviewed = await reviewOwners({ ...deps, fetchHead }, version, review);
    const now = clock.now();
    await transaction(db, async (tx) => {
      if (reviewed.kind === "ask") return putOwnerQuestions(tx, versionId, reviewed.questions, now);
      const dueAt = whenAgain(reviewed, review.attempts, now);
      if (await putOwnersVerdict(tx, versionId, reviewed, { dueAt, seenDueAt: review.dueAt }))
        await ask.enqueue(tx, queue.decideVersion, { versionId });
    });
  });
}

function whenAgain(
  { kind }: Exclude<OwnersReviewed, { kind: "ask" }>,
  attempts: number,
  now: Date,
): Date | null {
  if (kind === "approved") return null;
  const waitMs = Math.min(LOOK_AGAIN_MS * 2 ** Math.min(attempts, 20), LONGEST_MS);
  return new Date(now.getTime() + waitMs);
}
