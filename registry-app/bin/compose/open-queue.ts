import type { Db, OpenDatabase } from "../../src/db/index.ts";
import { createQueue, type Queue } from "../../src/queue/index.ts";
import type { Clock, Config, Ids, Log, Shutdown } from "../../src/runtime/index.ts";

/** The queue where it is configured: on Redis, or in the database itself. Closing is left to `shutdown`. */
export function openQueue(core: {
  readonly config: Pick<Config, "redisUrl">;
  readonly db: Db;
  readonly pool: OpenDatabase["pool"];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly shutdown: Shutdown;
}): Queue {
  const { redisUrl } = core.config;
  const backend =
    redisUrl === undefined
      ? { kind: "postgres" as const, pool: core.pool }
      : { kind: "redis" as const, url: redisUrl };
  const queue = createQueue({ ...core, backend });
  core.shutdown.onStop("queue", () => queue.close());
  return queue;
}
