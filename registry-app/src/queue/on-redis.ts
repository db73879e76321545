import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterCommit, isTx } from "../db/index.ts";
import type { Log } from "../runtime/index.ts";
import { rememberQueues, STREAMS, type Backend, type Entry } from "./backend.ts";

/**
 * The queue in Redis. Jobs are sent once the transaction is committed; if that fails, the rows still say what is
 * to be done and the sweeper adds it again, so the failure is logged and not thrown.
 */
export function createRedisBackedQueue(url: string, prefix: string, log: Log): Backend {
  const connection = new Redis(url, { maxRetriesPerRequest: null, enableOfflineQueue: false });
  const onError = (name: string) => (cause: Error) =>
    log.warn({ queue: name, cause }, "Redis cannot be reached");
  connection.on("error", onError("*"));
  const queues = rememberQueues((name) => {
    const queue = new Queue(name, { connection, prefix, streams: STREAMS });
    queue.on("error", onError(name));
    return queue;
  });
  const send = async (name: string, entries: readonly Entry[]) => {
    try {
      await queues.get(name).addBulk([...entries]);
    } catch (cause) {
      log.error({ queue: name, cause }, "jobs could not be sent to Redis; the sweeper will");
    }
  };
  return {
    queueFor: (name) => queues.get(name),
    createWorker: (name, run, options) => new Worker(name, run, { ...options, connection, prefix }),
    add: async (to, name, entries) => {
      if (isTx(to)) afterCommit(to, () => send(name, entries));
      else await send(name, entries);
    },
    close: async () => {
      await queues.close();
      connection.disconnect();
    },
  };
}
