import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCore, type Core } from "../bin/compose/open-core.ts";
import { openRegistryLog } from "../bin/compose/open-registry-log.ts";
import { readHomeLog, rebuild, restorePin, type CheckedLog } from "../bin/compose/rebuild.ts";
import type { Replayed } from "../src/publish/index.ts";
import { createShutdown, readConfig, silentLog, type Config } from "../src/runtime/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { startRegistry, type Registry } from "./world-registry.ts";

/** A home that holds nothing but a copy of another's repos, and an empty database. */
export type Ashes = {
  readonly home: string;
  readonly config: Config;
  readonly database: TestDatabase;
  readLog(...pinned: readonly string[]): Promise<CheckedLog>;
  /** Rebuilds as the command does; the core is open as long as `look` runs. */
  rebuild<T>(look: (core: Core, done: Replayed) => Promise<T>): Promise<T>;
  /** Starts the product on what was rebuilt. */
  start(): Promise<Registry>;
  remove(): Promise<void>;
};

const REPOS = ["control.git", "log.git", "sources", "mirrors"];

/** Carries what was decided to the log, and copies the repos while everything runs. */
export async function burnDown(core: Core): Promise<Ashes> {
  await (await openRegistryLog(core)).flush();
  const home = await mkdtemp(join(tmpdir(), "assay-ashes-"));
  await mkdir(join(home, "git"));
  for (const name of REPOS.filter((one) => existsSync(join(core.paths.git, one))))
    await cp(join(core.paths.git, name), join(home, "git", name), { recursive: true });
  const database = await createTestDatabase();
  const env = { ASSAY_HOME: home, DATABASE_URL: database.url, PORT: "0" };
  const config = readConfig(env, false);
  const readLog = (...pinned: readonly string[]) => readHomeLog(config, pinned);
  return {
    home,
    config,
    database,
    readLog,
    async rebuild(look) {
      const log = await readLog();
      if (log.kind === "faulty") throw new Error(JSON.stringify(log.faults));
      await restorePin(config, log);
      const shutdown = createShutdown(silentLog);
      try {
        const opened = await openCore(config, silentLog, shutdown);
        return await look(opened, await rebuild(opened, log));
      } finally {
        await shutdown.stop();
      }
    },
    start: () =>
      startRegistry({ home, databaseUrl: database.url, log: silentLog, gitHosts: "file:" }),
    async remove() {
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
