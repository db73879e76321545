import type { Db } from "../db/index.ts";
import {
  findPull,
  judgePull,
  listSkillVersions,
  putPullReport,
  type PullDeps,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import type { Clock } from "../runtime/index.ts";
import { findSourceById, sourceRepo } from "../sources/index.ts";

export type PullHandlerDeps = Omit<PullDeps, "today"> & {
  readonly db: Db;
  readonly clock: Clock;
  readonly gitHome: string;
};

/** The job that makes something of a pull request. A head that is not fetched yet has its source looked at first. */
export function pullHandler(ask: queue.Queue, deps: PullHandlerDeps): queue.Handler {
  const { db, clock, gitHome } = deps;
  return queue.handle(queue.judgePull, async ({ sourceId, number }) => {
    const source = await findSourceById(db, sourceId);
    const pull = source && (await findPull(db, sourceId, Number(number)));
    if (source === undefined || pull === undefined || pull.judgedOid === pull.headOid) return;
    const { dir: repoDir } = sourceRepo(gitHome, source);
    const { headOid, baseOid } = pull;
    const objects = await Promise.all(
      [headOid, baseOid].map((oid) => deps.readers.info(repoDir, oid)),
    );
    if (objects.some(({ kind }) => kind === "missing")) {
      // Whoever lists the pull requests asks for this one again.
      await ask.enqueue(db, queue.syncSource, { sourceId });
      return;
    }
    const versionsOf = (skill: string) => listSkillVersions(db, sourceId, skill);
    const asked = { repoDir, headOid, baseOid, versionsOf };
    const report = await judgePull({ ...deps, today: clock.now() }, asked);
    await putPullReport(db, pull, { report, at: clock.now() });
  });
}
