import { sql } from "kysely";
import type { Db } from "../../db/index.ts";
import { hostHealth, type HealthDetail, type HealthName, type HostHealth } from "../host-health.ts";

/** Notes one fact about the line to the host. */
export async function putHealth<N extends HealthName>(
  db: Db,
  name: N,
  detail: HealthDetail<N>,
  at: Date,
): Promise<void> {
  const row = { at, detail: JSON.stringify(detail) };
  await db
    .insertInto("host_health")
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

const PROBLEMS_SHOWN = 20;

/** All that is known of the line to the host. */
export async function readHostHealth(db: Db): Promise<HostHealth> {
  const rows = await db.selectFrom("host_health").select(["name", "at", "detail"]).execute();
  const known = rows.map(({ name, at, detail }) => [name, { ...detail, at: at.toISOString() }]);
  return hostHealth.parse({ ...Object.fromEntries(known), waiting: await findWaiting(db) });
}

async function findWaiting(db: Db): Promise<HostHealth["waiting"]> {
  const { rows } = await sql<{ what: string; problem: string; until: Date | null; at: Date }>`
    SELECT s.slug || ' ' || t.name AS what, r.problem, r.not_before AS until, r.updated_at AS at
    FROM host_reports r JOIN tags t ON t.id = r.tag_id JOIN sources s ON s.id = t.source_id
    WHERE r.problem IS NOT NULL AND s.state = 'active'
    UNION ALL SELECT s.slug || ' pull request ' || p.number, p.problem, p.not_before, p.seen_at
    FROM pulls p JOIN sources s ON s.id = p.source_id
    WHERE p.problem IS NOT NULL AND p.is_open AND s.state = 'active'
    UNION ALL SELECT 'release ' || v.tag_name, h.problem, h.not_before, h.updated_at
    FROM host_releases h JOIN skill_versions v ON v.id = h.version_id WHERE h.problem IS NOT NULL
    ORDER BY at`.execute(db);
  return {
    reports: rows.length,
    oldest: rows[0]?.at.toISOString() ?? null,
    problems: rows.slice(0, PROBLEMS_SHOWN).map(({ what, problem, until }) => ({
      what,
      problem,
      tryAgainAt: until?.toISOString() ?? null,
    })),
  };
}

/** A delivery that the host was asked to make again. */
export type Redelivery = {
  readonly guid: string;
  readonly attempts: number;
  readonly notBefore: Date;
};

/** What was asked of the host for these deliveries, by guid. */
export async function listRedeliveries(
  db: Db,
  guids: readonly string[],
): Promise<ReadonlyMap<string, Redelivery>> {
  if (guids.length === 0) return new Map();
  const rows = await db
    .selectFrom("host_redeliveries")
    .where("guid", "in", [...guids])
    .select(["guid", "attempts", "not_before as notBefore"])
    .execute();
  return new Map(rows.map((row) => [row.guid, row]));
}

/** Notes that the host was asked for one again, and forgets those of long ago. */
export async function putRedelivery(db: Db, one: Redelivery, at: Date): Promise<void> {
  const row = { attempts: one.attempts, not_before: one.notBefore, asked_at: at };
  await db
    .insertInto("host_redeliveries")
    .values({ guid: one.guid, ...row })
    .onConflict((conflict) => conflict.column("guid").doUpdateSet(row))
    .execute();
  const old = new Date(at.getTime() - FORGOTTEN_MS);
  await db.deleteFrom("host_redeliveries").where("asked_at", "<", old).execute();
}

/** Hosts keep deliveries for a few days. */
const FORGOTTEN_MS = 30 * 24 * 3_600_000;
