import { openCore, type Core } from "../bin/compose/open-core.ts";
import { openGithubApp } from "../bin/compose/open-github-app.ts";
import { openServer } from "../bin/compose/open-server.ts";
import { openWorker, type WorkerWish } from "../bin/compose/open-worker.ts";
import { openSite } from "../bin/compose/site.ts";
import type { Route } from "../src/http/index.ts";
import { createShutdown, readConfig, type Log } from "../src/runtime/index.ts";

export type Registry = {
  readonly core: Core;
  readonly url: string;
  readonly routes: readonly Route[];
  stop(): Promise<void>;
};

export type RegistryWish = {
  readonly home: string;
  readonly databaseUrl: string;
  /** Where jobs lie; in the database when absent. */
  readonly redisUrl?: string;
  readonly log: Log;
  readonly gitHosts?: string;
  readonly gitCaFile?: string;
  /** False: jobs pile up, as while the worker's process is down. */
  readonly hasWorker?: boolean;
  /** The engine that evals run on; none is reached unless it is named. */
  readonly dockerHost?: string;
  /** Evals are run by another process. */
  readonly hasCheckWorker?: boolean;
  /** Variables of the environment beside these. */
  readonly env?: Readonly<Record<string, string>>;
  /** How soon what failed is looked at again. */
  readonly pace?: WorkerWish["pace"];
  /** The pages as well; they are built when nobody has built them yet. */
  readonly hasSite?: boolean;
};

/** The product in this process, as `assay up` composes it, without the pages unless they are asked for: on a free port. */
export async function startRegistry(wish: RegistryWish): Promise<Registry> {
  const env = {
    ASSAY_HOME: wish.home,
    DATABASE_URL: wish.databaseUrl,
    REDIS_URL: wish.redisUrl,
    ASSAY_GIT_HOSTS: wish.gitHosts,
    ASSAY_GIT_CA_FILE: wish.gitCaFile,
    DOCKER_HOST: wish.dockerHost ?? "unix:///nonexistent/docker.sock",
    PORT: "0",
    ...wish.env,
  };
  const shutdown = createShutdown(wish.log);
  try {
    const core = await openCore(readConfig(env, false), wish.log, shutdown);
    if (wish.hasWorker !== false) {
      await openWorker(core, { runsEvals: wish.hasCheckWorker !== true, pace: wish.pace });
    } else await core.law();
    let url = "";
    const server = await openServer(core, {
      publicUrl: () => url,
      whyNotReady: async () => [],
      ...(wish.hasSite === true && { site: await openSite(() => undefined) }),
    });
    url = `http://127.0.0.1:${await server.listen({ host: "127.0.0.1", port: 0 })}`;
    await openGithubApp(core, () => url);
    return { core, url, routes: server.routes, stop: () => shutdown.stop() };
  } catch (cause) {
    await shutdown.stop();
    throw cause;
  }
}
