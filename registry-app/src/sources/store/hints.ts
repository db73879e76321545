import { sql } from "kysely";
import type { Db } from "../../db/index.ts";

/** A webhook that speaks of a source. */
export type Delivery = {
  readonly id: string;
  readonly sourceId: string;
  readonly host: string;
  readonly hostDeliveryId: string;
};

/** Between two looks that webhooks ask for: one push is told by several of them. */
const REST_MS = 2_000;

/**
 * Records webhook calls, each once, and makes their sources due for a look, whatever failed there before: one statement, since
 * the host waits for its answer. Payloads are not kept: they were hints. Answers how many were not known.
 */
export async function noteHints(
  db: Db,
  deliveries: readonly Delivery[],
  now: Date,
): Promise<number> {
  if (deliveries.length === 0) return 0;
  // Whatever the clock of the process that looked last says.
  const rested = new Date(now.getTime() + REST_MS);
  // The looks are in one order, so that two that come at once cannot block each other.
  const { rows } = await sql<{ n: number }>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb)
        AS t(id uuid, "sourceId" uuid, host text, "hostDeliveryId" text)),
    noted AS (
      INSERT INTO deliveries (id, source_id, host, host_delivery_id, state, received_at, done_at)
      SELECT id, "sourceId", host, "hostDeliveryId", 'done', ${now}::timestamptz, ${now} FROM given
      ON CONFLICT DO NOTHING RETURNING source_id),
    due AS (
      INSERT INTO looks (source_id, due_at, failures)
      SELECT DISTINCT s.id, greatest(${now}::timestamptz, least(${rested}::timestamptz,
        coalesce(s.last_synced_at + ${REST_MS} * interval '1 millisecond', ${now}))), 0
      FROM noted JOIN sources s ON s.id = noted.source_id ORDER BY s.id
      ON CONFLICT (source_id) DO UPDATE SET due_at = excluded.due_at, failures = 0)
    SELECT count(*)::int AS n FROM noted`.execute(db);
  return rows[0]?.n ?? 0;
}

export type SourceAt = { readonly id: string; readonly url: string };

/** Followed sources whose URL has one of these texts in it, in whatever case. */
export async function listSourcesNaming(db: Db, texts: readonly string[]): Promise<SourceAt[]> {
  const wanted = texts.map((text) => text.toLowerCase());
  const { rows } = await sql<SourceAt>`
    SELECT id, url FROM sources WHERE url IS NOT NULL
      AND EXISTS (SELECT 1 FROM unnest(${wanted}::text[]) AS t WHERE strpos(lower(url), t) > 0)`.execute(
    db,
  );
  return rows;
}
