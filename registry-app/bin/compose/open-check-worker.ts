import { alignPublicFiles } from "../../src/catalog/index.ts";
import { scanHandlers } from "../../src/jobs/index.ts";
import { appendToLog } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";
import { openScan, SCANS_AT_ONCE } from "./open-scan.ts";

/**
 * Takes up the scans and nothing else. Without the key of the registry log: lines are set down in the database, and a
 * worker carries them to git.
 */
export async function openCheckWorker(core: Core): Promise<void> {
  const { queue, log, shutdown, clock } = core;
  const scanner = await openScan({ log });
  shutdown.onStop("scanner", () => scanner.close());
  const registryLog = { append: appendToLog(clock), flush: async () => 0 };
  await core.law();
  const handlers = scanHandlers(queue, {
    ...core,
    scanner,
    registryLog,
    alignFiles: (skillId) => alignPublicFiles(core, skillId),
    scansAtOnce: SCANS_AT_ONCE,
  });
  const consumer = await queue.consume(handlers);
  shutdown.onStop("jobs", () => consumer.close());
}
