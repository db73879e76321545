import { createHash } from "node:crypto";
import { CompiledQuery, sql } from "kysely";
import { AFTER_COMMIT, type AfterCommit, type Db, type Tx } from "./types.ts";

/**
 * Runs `fn` in one transaction: committed when it returns, rolled back when it throws.
 * What `afterCommit` was given runs then, in order; its failure is thrown although the commit stands.
 */
export async function transaction<T>(db: Db, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const hooks: AfterCommit[] = [];
  const result = await db
    .transaction()
    .execute((tx) => fn(Object.assign(tx, { [AFTER_COMMIT]: hooks })));
  for (const hook of hooks) await hook();
  return result;
}

/** Runs `hook` once the transaction is committed, and never when it is rolled back. */
export function afterCommit(tx: Tx, hook: AfterCommit): void {
  tx[AFTER_COMMIT].push(hook);
}

/**
 * Runs `fn` while holding the advisory lock named `key`, waiting for it as long as needed.
 * The lock sits on a connection of its own, so `fn` is free to use many transactions; it ends with the process.
 */
export async function withLock<T>(db: Db, key: string, fn: () => Promise<T>): Promise<T> {
  return db.connection().execute(async (holder) => {
    await sql`SELECT pg_advisory_lock(${lockNumber(key)}::bigint)`.execute(holder);
    try {
      return await fn();
    } finally {
      await sql`SELECT pg_advisory_unlock(${lockNumber(key)}::bigint)`.execute(holder);
    }
  });
}

/** Takes the advisory lock named `key` until the end of the transaction, waiting for it as long as needed. */
export async function lockInTx(tx: Tx, key: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${lockNumber(key)}::bigint)`.execute(tx);
}

/** The number Postgres knows the lock `key` by: the first 64 bits of its SHA-256. */
export function lockNumber(key: string): string {
  return createHash("sha256").update(key).digest().readBigInt64BE(0).toString();
}

export type RawResult = { rows: Record<string, unknown>[]; rowCount: number };

/**
 * Runs SQL text within the transaction and answers the way the `pg` driver does.
 * For a library that brings its own SQL and must take part in our transaction (the queue's enqueue).
 */
export async function queryInTx(
  tx: Db | Tx,
  text: string,
  values: readonly unknown[] = [],
): Promise<RawResult> {
  const result = await tx.executeQuery<Record<string, unknown>>(
    CompiledQuery.raw(text, [...values]),
  );
  return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? result.rows.length) };
}
