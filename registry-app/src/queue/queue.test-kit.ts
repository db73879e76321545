import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll } from "vitest";
import { z } from "zod";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { silentLog, systemClock, systemIds } from "../runtime/index.ts";
import {
  createQueue,
  defineJob,
  listDeadLetters,
  type Consumer,
  type ConsumeOptions,
  type Handler,
  type Queue,
} from "./index.ts";

const REDIS_URL = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";

/** A database for the file, and queues on it that are closed after each test. */
export function openQueueKit() {
  let database: TestDatabase;
  let open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  afterEach(async () => {
    for (const thing of open.toReversed()) await thing.close();
    open = [];
  });
  const closeLater = <T extends { close(): Promise<void> }>(thing: T): T => {
    open.push(thing);
    return thing;
  };
  let prefix = "";
  const deps = () => ({ db: database.db, clock: systemClock, ids: systemIds, log: silentLog });

  return {
    deps,
    closeLater,
    database: () => database,
    openQueue(kind: "postgres" | "redis"): Queue {
      prefix = `test-${systemIds.next()}`;
      const backend =
        kind === "postgres" ? { kind, pool: database.pool } : { kind, url: REDIS_URL, prefix };
      return closeLater(createQueue({ ...deps(), backend }));
    },
    /** What a restart of a Redis that keeps nothing does, for the queue that was opened last. */
    async emptyRedis(): Promise<void> {
      const redis = new Redis(REDIS_URL);
      const keys = await redis.keys(`${prefix}:*`);
      await redis.del(keys);
      await redis.quit();
    },
    async consume(
      queue: Queue,
      handlers: Handler[],
      options: ConsumeOptions = {},
    ): Promise<Consumer> {
      return closeLater(await queue.consume(handlers, options));
    },
    lettersOf: async (name: string) =>
      (await listDeadLetters(database.db, 1000)).filter(({ job }) => job === name),
  };
}

/** A kind of job of its own for each test, so that none sees another's. */
export function freshJob(attempts = 3) {
  return defineJob({
    name: `test-${systemIds.next()}`,
    payload: z.strictObject({ id: z.string() }),
    attempts,
    backoffMs: 20,
    keyOf: ({ id }) => id,
  });
}

export async function until<T>(
  what: () => Promise<T> | T,
  isDone: (value: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await what();
    if (isDone(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after 10 s`);
    await sleep(10);
  }
}
