import { sql } from "kysely";
import type { AlertKind, Db, Tx } from "../../db/index.ts";

export type Alert = {
  readonly kind: AlertKind;
  readonly subject: string;
  /** The object it stands at now; empty when it is gone. */
  readonly target: string;
};

/** Remembers that these are told, and returns those that were not told before. */
export async function raiseAlerts<A extends Alert>(
  tx: Tx,
  sourceId: string,
  alerts: readonly A[],
  now: Date,
): Promise<A[]> {
  if (alerts.length === 0) return [];
  const rows = JSON.stringify(
    alerts.map(({ kind, subject, target }) => ({ kind, subject, target })),
  );
  const { rows: raised } = await sql<Alert>`
    INSERT INTO alerts (source_id, kind, subject, target, at)
    SELECT DISTINCT ${sourceId}::uuid, r.kind, r.subject, r.target, ${now}::timestamptz
    FROM json_to_recordset(${rows}::json) AS r(kind text, subject text, target text)
    ON CONFLICT DO NOTHING RETURNING kind, subject, target`.execute(tx);
  const fresh = new Set(raised.map(keyOf));
  return alerts.filter((alert) => fresh.delete(keyOf(alert)));
}

const keyOf = ({ kind, subject, target }: Alert) => JSON.stringify([kind, subject, target]);

/** How many different tags were found moved after `since`. */
export async function countMoved(db: Db | Tx, sourceId: string, since: Date): Promise<number> {
  const row = await db
    .selectFrom("alerts")
    .where("source_id", "=", sourceId)
    .where("kind", "=", "moved")
    .where("at", ">", since)
    .select((eb) => eb.fn.count<number>("subject").distinct().as("count"))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
