import { listDamagedFiles, type MaterialiseDeps } from "../catalog/index.ts";
import { listDamage, listPublishedAfter, type InspectDeps } from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import type { Log } from "../runtime/index.ts";

export type PatrolDeps = InspectDeps &
  MaterialiseDeps & { readonly queue: queue.Queue; readonly log: Log };
export type Patrol = {
  /** Looks at the next few versions, now. */
  step(): Promise<void>;
  stop(): Promise<void>;
};

const STEP_MS = 60_000;
/** Some 14,000 a day. */
const VERSIONS_A_STEP = 10;

/**
 * Goes through what is published, a few versions a minute and round and round, and holds what lies on the disk against
 * what it should be. What is damaged is named in the log, and its release, which can be repeated, makes it anew.
 */
export function startPatrol(deps: PatrolDeps, everyMs = STEP_MS): Patrol {
  let after: string | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const ids = await listPublishedAfter(deps.db, after, VERSIONS_A_STEP);
      for (const id of ids) await inspect(deps, id);
      after = ids.length < VERSIONS_A_STEP ? undefined : ids.at(-1);
    } catch (cause) {
      deps.log.error({ cause }, "published files could not be looked through; it is tried again");
    }
  };
  const step = () => (running = running.then(run));
  const timer = setInterval(() => void step(), everyMs);
  return {
    step,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function inspect(deps: PatrolDeps, versionId: string): Promise<void> {
  const files = [
    ...(await listDamage(deps, versionId)),
    ...(await listDamagedFiles(deps, versionId)),
  ];
  if (files.length === 0) return;
  deps.log.warn(
    { version: versionId, files },
    "published files are not what they should be and are made anew",
  );
  await deps.queue.enqueue(deps.db, queue.releaseVersion, { versionId });
}
