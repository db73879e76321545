import { transaction, type Db } from "../db/index.ts";
import { EVALS_FILE } from "../evals/index.ts";
import {
  findPull,
  foreseeSigner,
  judgePull,
  listSkillVersions,
  putPullReport,
  putPullSigner,
  type SignerDeps,
  type LawDeps,
  type PullDeps,
} from "../publish/index.ts";
import { requestPullEvals } from "./eval-handlers.ts";
import * as queue from "../queue/index.ts";
import type { Clock } from "../runtime/index.ts";
import { fetchPullHead, findSourceById, sourceRepo, type FetchDeps } from "../sources/index.ts";

export type PullHandlerDeps = Omit<PullDeps, "today" | "evalsFile"> &
  SignerDeps & {
    readonly db: Db;
    readonly law: LawDeps["law"];
    readonly clock: Clock;
    readonly gitHome: string;
    readonly fetch: FetchDeps;
  };

/**
 * The job that makes something of a pull request. A head that is not fetched yet has its source looked at first. One that
 * was judged already is only asked about its signer again: another law may say otherwise.
 */
export function pullHandler(ask: queue.Queue, deps: PullHandlerDeps): queue.Handler {
  const { db, clock, gitHome } = deps;
  return queue.handle(queue.judgePull, async ({ sourceId, number }) => {
    const source = await findSourceById(db, sourceId);
    const pull = source && (await findPull(db, sourceId, Number(number)));
    if (source === undefined || pull === undefined) return;
    const { dir: repoDir } = sourceRepo(gitHome, source);
    const { headOid, baseOid } = pull;
    // A fork's head that nobody vouched for is not even fetched.
    if (pull.isFork && pull.approvedOid !== headOid) return;
    if (pull.isFork && (await lacks(deps, repoDir, [headOid]))) {
      const problem = await fetchPullHead(deps.fetch, source, Number(number));
      if (problem !== undefined)
        throw new Error(`the head of the fork was not fetched: ${problem}`);
      // Pushed over meanwhile: what was approved is not there, and nothing else is judged in its place.
      if (await lacks(deps, repoDir, [headOid])) return;
    }
    if (await lacks(deps, repoDir, [headOid, baseOid])) {
      // Whoever lists the pull requests asks for this one again.
      await ask.enqueue(db, queue.syncSource, { sourceId });
      return;
    }
    const law = await deps.law();
    const newest = { slug: source.slug, repoDir, commitOid: headOid, at: clock.now() };
    const signer = await foreseeSigner(deps, law, newest);
    if (pull.judgedOid === headOid) return putPullSigner(db, pull, signer);
    const versionsOf = (skill: string) => listSkillVersions(db, sourceId, skill);
    const asked = { repoDir, headOid, baseOid, versionsOf };
    const judging = { ...deps, evalsFile: EVALS_FILE, today: clock.now() };
    const judged = await judgePull(judging, asked);
    await transaction(db, async (tx) => {
      if (!(await putPullReport(tx, pull, { ...judged, at: clock.now() }))) return;
      await putPullSigner(tx, pull, signer);
      for (const { name, folder, evalsTar } of judged.report.skills) {
        if (name === null || evalsTar === null) continue;
        const subject = { pullId: pull.id, sourceId, skill: name, folder, tarSha256: evalsTar };
        const wanted = { ...subject, commitOid: headOid, isFork: pull.isFork };
        await requestPullEvals(ask, tx, wanted, law.policy, clock.now());
      }
    });
  });
}

async function lacks(
  { readers }: Pick<PullHandlerDeps, "readers">,
  repoDir: string,
  oids: readonly string[],
): Promise<boolean> {
  const objects = await Promise.all(oids.map((oid) => readers.info(repoDir, oid)));
  return objects.some(({ kind }) => kind === "missing");
}
