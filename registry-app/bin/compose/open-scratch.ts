import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createShutdown, type Config, type Log } from "../../src/runtime/index.ts";
import { openCore, type Core } from "./open-core.ts";
import { homePaths } from "./paths.ts";

/**
 * Opens a home that is made for `work` and gone afterwards: a Postgres of its own, empty folders, and the git repos that
 * are the truth by link. What a rebuild makes (stores, archives, public files) is made in there.
 */
export async function withScratch<T>(
  context: { readonly config: Config; readonly log: Log },
  prepare: (config: Config) => Promise<unknown>,
  work: (core: Core) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "assay-verify-"));
  const config: Config = { ...context.config, home, databaseUrl: undefined, redisUrl: undefined };
  const shutdown = createShutdown(context.log);
  try {
    const { git } = homePaths(context.config.home);
    await mkdir(join(home, "git"), { recursive: true, mode: 0o700 });
    const repos = ["control.git", "log.git", "sources", "mirrors"];
    for (const name of repos.filter((one) => existsSync(join(git, one))))
      await symlink(join(git, name), join(home, "git", name));
    await prepare(config);
    return await work(await openCore(config, context.log, shutdown));
  } finally {
    await shutdown.stop();
    await rm(home, { recursive: true, force: true });
  }
}
