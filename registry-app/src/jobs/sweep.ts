import type { Db } from "../db/index.ts";
import { listClaimable } from "../evals/index.ts";
import {
  hasLapsed,
  isRollingOut,
  listSourcesWithPendingTags,
  listUndecided,
  listUnscanned,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import type { Lanes } from "../sources/index.ts";
import { startLooking } from "./look-timer.ts";

export type SweepDeps = {
  readonly queue: queue.Queue;
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The places that looks at sources take. */
  readonly lanes: Lanes;
  /** Carries to the registry log what nobody waits for. */
  readonly flushLog: () => Promise<unknown>;
  readonly pace?: SweepPace | undefined;
};
export type SweepPace = {
  readonly everyMs: number;
  /** A row younger than this still has its own job. */
  readonly patienceMs: number;
};
export type Sweeping = { stop(): Promise<void> };

const PACE: SweepPace = { everyMs: 30_000, patienceMs: 15_000 };

/**
 * What makes lost webhooks and lost jobs cost nothing: each source is looked at when it is due; at start and every half
 * minute each row that still waits is asked for again.
 */
export function startSweeping(deps: SweepDeps): Sweeping {
  const { everyMs, patienceMs } = deps.pace ?? PACE;
  const patience = () => new Date(deps.clock.now().getTime() - patienceMs);
  const undecided = (isDecided: boolean) => async (limit: number) => {
    const ids = await listUndecided(deps.db, { isDecided, before: patience(), limit });
    return ids.map((versionId) => ({ versionId }));
  };
  const sources = startLooking(deps);
  const rows = queue.startSweeper(
    deps,
    [
      queue.candidatesFor(queue.admitTags, async () => {
        await deps.flushLog();
        return (await listSourcesWithPendingTags(deps.db, patience())).map((sourceId) => ({
          sourceId,
        }));
      }),
      // No commit tells that a waiver has ended.
      queue.candidatesFor(queue.applyLaw, async () =>
        (await hasLapsed(deps.db, deps.clock.now())) ? [{ digest: "a waiver has ended" }] : [],
      ),
      queue.candidatesFor(queue.scanVersion, async (limit) => {
        const ids = await listUnscanned(deps.db, { before: patience(), limit });
        return ids.map((versionId) => ({ versionId }));
      }),
      queue.candidatesFor(queue.evaluateVersion, async (limit) => {
        const runs = await listClaimable(deps.db, { kind: "version", before: patience(), limit });
        return runs.flatMap(({ versionId }) => (versionId === null ? [] : [{ versionId }]));
      }),
      queue.candidatesFor(queue.evaluatePullRequest, async (limit) => {
        const kind = "pull-request";
        const runs = await listClaimable(deps.db, { kind, before: patience(), limit });
        return runs.map(({ runId }) => ({ runId }));
      }),
      queue.candidatesFor(queue.rescan, async () =>
        (await isRollingOut(deps.db)) ? [{ because: "it was not finished" }] : [],
      ),
      queue.candidatesFor(queue.decideVersion, undecided(false)),
      queue.candidatesFor(queue.releaseVersion, undecided(true)),
    ],
    everyMs,
  );
  return {
    stop: async () => {
      await Promise.all([sources.stop(), rows.close()]);
    },
  };
}
