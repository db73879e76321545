import { rescanStep, scanVersion, type RescanDeps, type ScanDeps } from "../publish/index.ts";
import * as queue from "../queue/index.ts";

export type ScanningDeps = Omit<ScanDeps, "onCheck"> & {
  /** Skills that are read at once. */
  readonly scansAtOnce: number;
};

/** The job that has a version read: what the process for checks takes up, and a worker as well. */
export function scanHandler(
  ask: queue.Queue,
  { scansAtOnce, ...deps }: ScanningDeps,
): queue.Handler {
  const onCheck = checked(ask);
  return queue.handle(
    queue.scanVersion,
    async ({ versionId }) => {
      await scanVersion({ ...deps, onCheck }, versionId);
    },
    { concurrency: scansAtOnce },
  );
}

/** The job that brings new rules into force; it goes by the law. */
export function rescanHandler(
  ask: queue.Queue,
  deps: Omit<RescanDeps, "onCheck" | "onMore">,
): queue.Handler {
  return queue.handle(queue.rescan, async () => {
    const onMore: RescanDeps["onMore"] = (tx) =>
      ask.enqueue(tx, queue.rescan, { because: "there is more to read" });
    await rescanStep({ ...deps, onCheck: checked(ask), onMore });
  });
}

/** What follows an outcome: a decision, or for what was released a look whether it still may be. */
export function checked(ask: queue.Queue): ScanDeps["onCheck"] {
  return async (tx, versionId, isReleased) => {
    if (isReleased) await ask.enqueue(tx, queue.applyLaw, { digest: "a check came in late" });
    else await ask.enqueue(tx, queue.decideVersion, { versionId });
  };
}
