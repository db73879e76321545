import { AsyncLocalStorage } from "node:async_hooks";
import { createPostgresBackend, Queue, Worker } from "bullmq";
import { isTx, queryInTx, transaction, type Db, type OpenDatabase, type Tx } from "../db/index.ts";
import type { Log } from "../runtime/index.ts";
import { rememberQueues, STREAMS, type Backend, type Entry } from "./backend.ts";

type Pool = OpenDatabase["pool"];

/** The queue in the same database as the rows, so that a job is added by the transaction that makes it necessary. */
export function createPostgresBackedQueue(pool: Pool, log: Log): Backend {
  const current = new AsyncLocalStorage<Tx>();
  const connection = followTransaction(pool, current);
  const queues = rememberQueues((name) => {
    const queue = new Queue(name, { connection, streams: STREAMS }, createPostgresBackend);
    queue.on("error", (cause) => log.warn({ queue: name, cause }, "the queue lost its connection"));
    return queue;
  });
  const addInTx = async (tx: Tx, name: string, entries: readonly Entry[]) => {
    const queue = queues.get(name);
    await queue.waitUntilReady();
    await holdKeys(tx, name, entries);
    await current.run(tx, () => queue.addBulk([...entries]));
  };
  return {
    queueFor: (name) => queues.get(name),
    createWorker: (name, run, options) =>
      new Worker(name, run, { ...options, connection }, createPostgresBackend),
    add: (to, name, entries) =>
      isTx(to)
        ? addInTx(to, name, entries)
        : transaction(to as Db, (tx) => addInTx(tx, name, entries)),
    close: () => queues.close(),
  };
}

/** The pool, but what is asked while `current` holds a transaction is asked within that transaction. */
function followTransaction(pool: Pool, current: AsyncLocalStorage<Tx>) {
  return {
    query: (text: string, values?: readonly unknown[]) => {
      const tx = current.getStore();
      return tx === undefined ? pool.query(text, [...(values ?? [])]) : queryInTx(tx, text, values);
    },
    connect: () => pool.connect(),
    // The pool belongs to whoever opened it.
    end: async () => undefined,
    on: () => undefined,
    removeAllListeners: () => undefined,
    options: pool.options,
  };
}

/**
 * Keeps, until the commit, each waiting job with one of these keys from being started. Otherwise our job could be
 * dropped in favour of one that starts before our rows are visible, does not see them, and leaves nobody to come back.
 * First the library's own lock of the key (nobody else adds or finishes such a job), then the job's row, which a
 * worker that looks for work skips while it is locked. All in one order, so that two transactions cannot block each other.
 */
async function holdKeys(tx: Tx, name: string, entries: readonly Entry[]): Promise<void> {
  const keys = entries.map(({ opts }) => opts.deduplication.id);
  await queryInTx(
    tx,
    `SELECT pg_advisory_xact_lock(lock) FROM (
       SELECT DISTINCT hashtext('bullmq:dedup:' || $1 || ':' || key) AS lock
       FROM unnest($2::text[]) AS key ORDER BY lock) AS locks`,
    [name, keys],
  );
  await queryInTx(
    tx,
    `SELECT 1 FROM bullmq.job WHERE queue = $1 AND dedup_id = ANY ($2::text[])
       AND state IN ('waiting', 'delayed') ORDER BY id FOR SHARE`,
    [name, keys],
  );
}
