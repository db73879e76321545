import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";
import type { DueSource } from "../plan-looks.ts";

/**
 * Sources that are due, those first that are first of their team on their host: a team with a thousand has its turn as
 * often as one with a single source. One that was never looked at is due `graceMs` after it was made.
 */
export async function listDue(
  db: Db,
  now: Date,
  { graceMs, limit }: { readonly graceMs: number; readonly limit: number },
): Promise<DueSource[]> {
  const { rows } = await sql<DueSource>`
    SELECT id, team_id AS "teamId", url FROM (
      SELECT s.id, s.team_id, s.url, d.due_at,
        row_number() OVER (PARTITION BY s.team_id, split_part(s.url, '/', 3) ORDER BY d.due_at, s.id) AS turn
      FROM sources s LEFT JOIN looks l ON l.source_id = s.id
      CROSS JOIN LATERAL (
        SELECT coalesce(l.due_at, s.created_at + ${graceMs} * interval '1 millisecond') AS due_at) d
      WHERE s.state = 'active' AND d.due_at <= ${now}) due
    ORDER BY turn, due_at, id LIMIT ${limit}`.execute(db);
  return rows;
}

/** When each of them is due next. */
export async function putDue(
  db: Db | Tx,
  looks: readonly { readonly id: string; readonly dueAt: Date }[],
): Promise<void> {
  if (looks.length === 0) return;
  await db
    .insertInto("looks")
    .values(looks.map(({ id, dueAt }) => ({ source_id: id, due_at: dueAt })))
    .onConflict((conflict) =>
      conflict.column("source_id").doUpdateSet((eb) => ({ due_at: eb.ref("excluded.due_at") })),
    )
    .execute();
}

/** How many looks failed since one that did not. */
export async function countFailures(db: Db | Tx, sourceId: string): Promise<number> {
  const row = await db
    .selectFrom("looks")
    .where("source_id", "=", sourceId)
    .select("failures")
    .executeTakeFirst();
  return row?.failures ?? 0;
}

/**
 * What a look came to, and when the next one is due: then, or sooner where somebody gave a hint after it began, when it was
 * put to be due at `begunAs`.
 */
export async function putLook(
  tx: Tx,
  sourceId: string,
  look: { readonly failures: number; readonly dueAt: Date; readonly begunAs: Date },
): Promise<void> {
  const { failures, dueAt, begunAs } = look;
  await tx
    .insertInto("looks")
    .values({ source_id: sourceId, due_at: dueAt, failures })
    .onConflict((conflict) =>
      conflict.column("source_id").doUpdateSet({
        due_at: sql<Date>`CASE WHEN looks.due_at = ${begunAs} THEN ${dueAt} ELSE looks.due_at END`,
        failures,
      }),
    )
    .execute();
}

/** Somebody says that it is worth looking: what failed before counts no more. */
export async function forgetFailures(tx: Db | Tx, sourceId: string): Promise<void> {
  await tx.updateTable("looks").set({ failures: 0 }).where("source_id", "=", sourceId).execute();
}

/** Every source that did not fail last is due now. */
export async function bringForward(db: Db, now: Date): Promise<void> {
  await sql`INSERT INTO looks (source_id, due_at) SELECT id, ${now}::timestamptz FROM sources WHERE state = 'active'
    ON CONFLICT (source_id) DO UPDATE SET due_at = excluded.due_at WHERE looks.failures = 0`.execute(
    db,
  );
}
