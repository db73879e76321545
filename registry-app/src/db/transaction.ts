import { createHash } from "node:crypto";
import { CompiledQuery, sql } from "kysely";
import type { Db, Tx } from "./types.ts";

/** Runs `fn` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(db: Db, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(fn);
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
