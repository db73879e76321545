import { alignPublicFiles, materialise } from "../../src/catalog/index.ts";
import { withLock } from "../../src/db/index.ts";
import {
  createHandlers,
  EVALS_CHECK,
  startPatrol,
  startSweeping,
  type SweepPace,
} from "../../src/jobs/index.ts";
import { findUser } from "../../src/people/index.ts";
import { createLanes } from "../../src/sources/index.ts";
import { nameEngine } from "../../src/publish/index.ts";
import { rescan } from "../../src/queue/index.ts";
import { lawDepsOf } from "./law-deps.ts";
import type { Core } from "./open-core.ts";
import { openFetcher } from "./open-fetcher.ts";
import { openEvals, type EvalPace } from "./open-evals.ts";
import { openRegistryLog, REGISTRY_AUTHOR } from "./open-registry-log.ts";
import { SCANS_AT_ONCE } from "./open-scan.ts";
import { REPORTED_RULES } from "./reported-rules.ts";
import { finishRevocations } from "./revoke.ts";
import { syncDeps } from "./sync-deps.ts";
import { openReviewedScan } from "./with-reviewers.ts";

export type WorkerWish = {
  readonly runsEvals: boolean;
  /** How soon it looks again at what failed or was lost; tests are in a hurry. */
  readonly pace?: { readonly sweep: SweepPace; readonly evals: EvalPace } | undefined;
};

/**
 * Takes up the jobs: sync, admit, scan, decide, release, and the sweep that repairs what was lost. With `runsEvals` those
 * as well, where no process of its own does that.
 */
export async function openWorker(core: Core, { runsEvals, pace }: WorkerWish): Promise<void> {
  const { db, queue, clock, ids, log, law, blobs, paths, shutdown } = core;
  const lanes = createLanes();
  const [registryLog, scanner] = await Promise.all([openRegistryLog(core), openReviewedScan(core)]);
  shutdown.onStop("scanner", () => scanner.close());
  const fetcher = openFetcher();
  shutdown.onStop("fetches", () => fetcher.close());
  const look = { ...syncDeps(core), fetch: fetcher.fetch };
  const gitHome = paths.git;
  const writeJson = (skillId: string, versionId: string) => materialise(core, skillId, versionId);
  const handlers = createHandlers({
    queue,
    sync: { ...look, lanes },
    admit: {
      db,
      blobs,
      graphs: core.graphs,
      changelog: core.changelog,
      law,
      registryLog,
      readers: core.readers,
      cache: core.cache,
      verifier: core.verifier,
      gitHome,
      clock,
      ids,
      pendingChecks: [{ name: "scan", engineVersion: nameEngine(scanner) }, EVALS_CHECK],
      findAccount: async (from, principal) => (await findUser(from, principal))?.id ?? null,
    },
    decide: {
      db,
      law,
      registryLog,
      clock,
      alignFiles: (skillId) => alignPublicFiles(core, skillId),
    },
    release: {
      db,
      law,
      blobs,
      registryLog,
      gitHome,
      author: REGISTRY_AUTHOR,
      clock,
      materialise: writeJson,
    },
    law: lawDepsOf(core, registryLog),
    pulls: { ...core, gitHome, scanner, fetch: look, rules: REPORTED_RULES },
    scan: {
      ...core,
      scanner,
      registryLog,
      alignFiles: (skillId) => alignPublicFiles(core, skillId),
      scansAtOnce: SCANS_AT_ONCE,
    },
  });
  await law();
  await withLock(db, "revoke", () => finishRevocations(core));
  const recording = { registryLog, alignFiles: (id: string) => alignPublicFiles(core, id) };
  const evals = runsEvals ? openEvals(core, recording, pace?.evals) : [];
  const consumer = await queue.consume([...handlers, ...evals]);
  await queue.enqueue(db, rescan, { because: "the worker has started" });
  shutdown.onStop("jobs", () => consumer.close());
  const sweeping = startSweeping({
    queue,
    db,
    clock,
    ids,
    log,
    lanes,
    pace: pace?.sweep,
    flushLog: () => registryLog.flush(),
  });
  shutdown.onStop("sweep", () => sweeping.stop());
  const patrol = startPatrol({ ...core, gitHome });
  shutdown.onStop("patrol", () => patrol.stop());
}
