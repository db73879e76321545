import { scanHandler } from "../../src/jobs/index.ts";
import { appendToLog } from "../../src/publish/index.ts";
import { alignFiles } from "../../src/queue/index.ts";
import type { CheckCore } from "./open-check-core.ts";
import { openEvals } from "./open-evals.ts";
import { SCANS_AT_ONCE } from "./open-scan.ts";
import { openReviewedScan } from "./with-reviewers.ts";

/**
 * Takes up the checks and nothing else. Without the key of the registry log: lines are set down in the database, and a
 * worker carries them to git.
 */
export async function openCheckWorker(core: CheckCore): Promise<void> {
  const { queue, db, shutdown, clock } = core;
  const scanner = await openReviewedScan(core);
  shutdown.onStop("scanner", () => scanner.close());
  const recording = {
    ...core,
    registryLog: { append: appendToLog(clock), flush: async () => 0 },
    // Public files are the worker's to write.
    alignFiles: (skillId: string) => queue.enqueue(db, alignFiles, { skillId }),
  };
  const handlers = [
    scanHandler(queue, { ...recording, scanner, scansAtOnce: SCANS_AT_ONCE }),
    ...openEvals(core, recording),
  ];
  const consumer = await queue.consume(handlers);
  shutdown.onStop("jobs", () => consumer.close());
}
