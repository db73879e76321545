import {
  applyLaw,
  admitTags,
  appendFirstSync,
  decideVersion,
  listJudgedPulls,
  releaseVersion,
  type AdmitDeps,
  type DecideDeps,
  type LawDeps,
  type ReleaseDeps,
  type RescanDeps,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import { syncSource, type SyncDeps } from "../sources/index.ts";
import { requestEvals } from "./eval-handlers.ts";
import { askHandler } from "./ask-handler.ts";
import { ownersHandler, type OwnersHandlerDeps } from "./owners-handler.ts";
import { pullHandler, type PullHandlerDeps } from "./pull-handler.ts";
import { rescanHandler, scanHandler, type ScanningDeps } from "./scan-handlers.ts";

/** What the jobs need; each job asks for the next one in the transaction that made it necessary. */
export type JobDeps = {
  readonly queue: queue.Queue;
  readonly sync: Omit<SyncDeps, "onSightings" | "onFirstSync">;
  readonly admit: Omit<AdmitDeps, "onCandidates">;
  readonly decide: Omit<DecideDeps, "onPublish" | "onOwnersOpen">;
  readonly release: Omit<ReleaseDeps, "onYanked">;
  readonly law: Omit<LawDeps, "onReopened">;
  readonly scan: ScanningDeps & Pick<RescanDeps, "law" | "log">;
  readonly pulls: PullHandlerDeps & OwnersHandlerDeps;
};

/** Most of a look is waiting for a host; `lanes` keeps one host or team from having all of them. */
const LOOKS_AT_ONCE = 8;

/** Job name -> which function, and which job follows. */
export function createHandlers(deps: JobDeps): readonly queue.Handler[] {
  const ask = deps.queue;
  return [
    queue.handle(
      queue.syncSource,
      async ({ sourceId }) => {
        await syncSource(
          {
            ...deps.sync,
            onSightings: (tx, id) => ask.enqueue(tx, queue.admitTags, { sourceId: id }),
            onFirstSync: appendFirstSync,
          },
          sourceId,
        );
      },
      { concurrency: LOOKS_AT_ONCE },
    ),
    queue.handle(queue.admitTags, async ({ sourceId }) => {
      const { policy } = await deps.admit.law();
      // The scan asks for the decision, which would only wait for it.
      const onCandidates: AdmitDeps["onCandidates"] = async (tx, versionIds) => {
        await ask.enqueueAll(
          tx,
          queue.scanVersion,
          versionIds.map((versionId) => ({ versionId })),
        );
        const why = { reason: "tag", requestedBy: null, at: deps.admit.clock.now() } as const;
        await requestEvals(ask, tx, { versionIds, law: policy, ...why });
      };
      await admitTags({ ...deps.admit, onCandidates }, sourceId);
    }),
    queue.handle(queue.decideVersion, async ({ versionId }) => {
      await decideVersion(
        {
          ...deps.decide,
          onPublish: (tx, id) => ask.enqueue(tx, queue.releaseVersion, { versionId: id }),
          onOwnersOpen: (tx, id) => ask.enqueue(tx, queue.judgeOwners, { versionId: id }),
        },
        versionId,
      );
    }),
    queue.handle(queue.releaseVersion, async ({ versionId }) => {
      const onYanked: ReleaseDeps["onYanked"] = (tx, digest) =>
        ask.enqueue(tx, queue.applyLaw, { digest });
      const outcome = await releaseVersion({ ...deps.release, onYanked }, versionId);
      if (outcome === "undecided")
        await ask.enqueue(deps.release.db, queue.decideVersion, { versionId });
    }),
    queue.handle(queue.applyLaw, async () => {
      await applyLaw({ ...deps.law, onReopened: reopener(ask) });
    }),
    queue.handle(queue.alignFiles, ({ skillId }) => deps.scan.alignFiles(skillId)),
    pullHandler(ask, deps.pulls),
    ownersHandler(ask, deps.pulls),
    askHandler(ask, deps.pulls),
    scanHandler(ask, deps.scan),
    rescanHandler(ask, deps.scan),
  ];
}

/** Of a registry with more open pull requests, the others hear of another law with their next commit. */
const PULLS_AT_ONCE = 1_000;

/** Asks for the judgements and decisions that another law has opened again. */
export function reopener(ask: queue.Queue): LawDeps["onReopened"] {
  return async (tx, sourceIds, versionIds) => {
    await ask.enqueueAll(
      tx,
      queue.admitTags,
      sourceIds.map((sourceId) => ({ sourceId })),
    );
    await ask.enqueueAll(
      tx,
      queue.decideVersion,
      versionIds.map((versionId) => ({ versionId })),
    );
    await ask.enqueueAll(tx, queue.judgePull, await listJudgedPulls(tx, PULLS_AT_ONCE));
  };
}
