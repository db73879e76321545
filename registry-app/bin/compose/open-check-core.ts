import { mkdir } from "node:fs/promises";
import { createDirectoryStore } from "../../src/blobs/index.ts";
import { CHECK_ROLE, openDatabase } from "../../src/db/index.ts";
import {
  systemClock,
  systemIds,
  type Config,
  type Log,
  type Shutdown,
} from "../../src/runtime/index.ts";
import type { Core } from "./open-core.ts";
import { openQueue } from "./open-queue.ts";
import { homePaths } from "./paths.ts";
import { requireDatabase } from "./require-database.ts";

/** What a process stands on that does nothing but checks: no law, no git, no key of anything. */
export type CheckCore = Pick<
  Core,
  "config" | "log" | "clock" | "ids" | "shutdown" | "db" | "queue" | "blobs"
>;

/** Connects as the role that can do no more than claim and record checks. Brings no schema up to date: it may not. */
export async function openCheckCore(
  config: Config,
  log: Log,
  shutdown: Shutdown,
): Promise<CheckCore> {
  const url = requireDatabase(config, "check-worker");
  const paths = homePaths(config.home);
  await mkdir(paths.blobs, { recursive: true, mode: 0o700 });
  const { db, pool, close } = await openDatabase({ url, log, role: CHECK_ROLE });
  shutdown.onStop("database connections", close);
  const [clock, ids] = [systemClock, systemIds];
  const queue = openQueue({ config, db, pool, clock, ids, log, shutdown });
  const blobs = createDirectoryStore(ids, paths.blobs);
  return { config, log, clock, ids, shutdown, db, queue, blobs };
}
