import { sql } from "kysely";
import type { Db, ScanChange, Tx } from "../../db/index.ts";
import { observation, type Observation, type ScanReport } from "../../scan/index.ts";

export type NewScan = {
  readonly versionId: string;
  readonly engine: string;
  readonly advisoriesAt: Date | null;
  readonly report: ScanReport;
  readonly reportDigest: string;
  readonly isShadow: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
};

/** Keeps the report of one version by one engine; the same engine's later one takes its place. */
export async function putScan(tx: Db | Tx, scan: NewScan): Promise<void> {
  const { report } = scan;
  const facts = {
    engine_version: report.engine.version,
    rules_digest: report.engine.rules,
    advisories_at: scan.advisoriesAt,
    verdict: report.verdict,
    risk: report.risk,
    score: report.score,
    report: JSON.stringify(report),
    report_digest: scan.reportDigest,
    is_shadow: scan.isShadow,
    created_at: scan.startedAt,
    finished_at: scan.finishedAt,
  };
  await tx
    .insertInto("security_scans")
    .values({ version_id: scan.versionId, engine: scan.engine, ...facts })
    .onConflict((conflict) => conflict.columns(["version_id", "engine"]).doUpdateSet(facts))
    .execute();
}

export async function findScan(db: Db | Tx, versionId: string, engine: string) {
  const { rows } = await sql<{ report: ScanReport; digest: string; isShadow: boolean }>`
    SELECT report, report_digest AS digest, is_shadow AS "isShadow" FROM security_scans
    WHERE version_id = ${versionId} AND engine = ${engine}`.execute(db);
  return rows[0];
}

/** The reports of a version, of every engine that has read it; the one that it goes by comes first. */
export async function listScans(
  tx: Tx,
  versionId: string,
): Promise<readonly { engine: string; report: ScanReport; isShadow: boolean }[]> {
  const { rows } = await sql<{ engine: string; report: ScanReport; isShadow: boolean }>`
    SELECT engine, report, is_shadow AS "isShadow" FROM security_scans WHERE version_id = ${versionId}
    ORDER BY is_shadow, finished_at DESC, engine DESC`.execute(tx);
  return rows;
}

/** The same engine's report, with something in it that came later. */
export async function putReport(
  tx: Tx,
  { versionId, engine, report, reportDigest }: ScanOf & Pick<NewScan, "report" | "reportDigest">,
): Promise<void> {
  const { verdict, risk, score } = report;
  const own = { report: JSON.stringify(report), report_digest: reportDigest };
  await tx
    .updateTable("security_scans")
    .set({ verdict, risk, score, ...own })
    .where("version_id", "=", versionId)
    .where("engine", "=", engine)
    .execute();
}

type ScanOf = Pick<NewScan, "versionId" | "engine">;

/** What the version was seen to do; undefined when nobody looked yet. */
export async function findObservation(
  db: Db | Tx,
  versionId: string,
): Promise<Observation | undefined> {
  const row = await db
    .selectFrom("observations")
    .where("version_id", "=", versionId)
    .select("detail")
    .executeTakeFirst();
  return row && observation.parse(row.detail);
}

/** False when it is known already: a version is looked at once. */
export async function putObservation(
  tx: Tx,
  versionId: string,
  { detail, at }: { readonly detail: Observation; readonly at: Date },
): Promise<boolean> {
  const row = await tx
    .insertInto("observations")
    .values({ version_id: versionId, detail: JSON.stringify(detail), created_at: at })
    .onConflict((conflict) => conflict.column("version_id").doNothing())
    .returning("version_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Versions with a recorded scan by this engine and no report of it. */
export async function listRecordedScans(db: Db, engine: string) {
  const { rows } = await sql<{ versionId: string; tarSha256: string; finishedAt: Date }>`
    SELECT v.id AS "versionId", v.tar_sha256 AS "tarSha256", c.finished_at AS "finishedAt"
    FROM checks c JOIN skill_versions v ON v.id = c.version_id
    WHERE c.name = 'scan' AND c.engine_version = ${engine} AND c.finished_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM security_scans s WHERE s.version_id = v.id AND s.engine = ${engine})
    ORDER BY v.first_seen_at, v.id`.execute(db);
  return rows;
}

/** From now on it is what the version goes by. */
export async function putScanInForce(tx: Tx, versionId: string, engine: string): Promise<void> {
  await tx
    .updateTable("security_scans")
    .set({ is_shadow: false })
    .where("version_id", "=", versionId)
    .where("engine", "=", engine)
    .execute();
}

/** Candidates that wait for a scan: what the sweeper puts back into the queue. */
export async function listUnscanned(
  db: Db,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT v.id FROM checks c JOIN skill_versions v ON v.id = c.version_id
    WHERE c.name = 'scan' AND c.outcome IS NULL AND c.created_at < ${before} AND v.state = 'candidate'
      AND NOT EXISTS (SELECT FROM checks d WHERE d.version_id = v.id AND d.name = 'scan' AND d.outcome IS NOT NULL)
    ORDER BY c.created_at LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** The versions of a skill, or the one that is named. */
export async function listVersionIds(
  db: Db,
  { team, skill, version }: { team: string; skill: string; version: string | undefined },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT v.id FROM skill_versions v JOIN skills k ON k.id = v.skill_id JOIN teams t ON t.id = k.team_id
    WHERE t.slug = ${team} AND k.name = ${skill} AND (${version ?? null}::text IS NULL OR v.version = ${version ?? null})
    ORDER BY v.first_seen_at`.execute(db);
  return rows.map(({ id }) => id);
}

/** Decided versions that this engine has not read since `since`, oldest first. */
export async function listUnread(
  db: Db,
  {
    engine,
    since,
    limit,
  }: { readonly engine: string; readonly since: Date; readonly limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT v.id FROM skill_versions v
    WHERE v.state <> 'candidate' AND NOT EXISTS (
      SELECT FROM security_scans s
      WHERE s.version_id = v.id AND s.engine = ${engine} AND s.finished_at >= ${since})
    ORDER BY v.first_seen_at, v.id LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Versions of which this engine's reading decides nothing yet. */
export async function listShadows(db: Db, engine: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT version_id AS id FROM security_scans WHERE engine = ${engine} AND is_shadow
    ORDER BY version_id LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What would be otherwise if this engine counted; flips are published versions that would be warned about or blocked now. */
export async function compareShadows(
  db: Db | Tx,
  engine: string,
): Promise<{
  readonly published: number;
  readonly versions: number;
  readonly changes: readonly ScanChange[];
}> {
  const { rows } = await sql<ScanChange & { readonly isPublished: boolean }>`
    SELECT t.slug || '/' || k.name || '@' || v.version AS coordinate, c.outcome AS from, s.verdict AS to,
      v.state = 'published' AS "isPublished",
      v.state = 'published' AND s.verdict IN ('warn', 'block')
        AND coalesce(c.outcome, '') NOT IN ('warn', 'block') AS "isFlip"
    FROM security_scans s JOIN skill_versions v ON v.id = s.version_id
      JOIN skills k ON k.id = v.skill_id JOIN teams t ON t.id = k.team_id
      LEFT JOIN LATERAL (SELECT outcome FROM checks WHERE version_id = v.id AND name = 'scan' AND outcome IS NOT NULL
        ORDER BY created_at DESC, engine_version DESC LIMIT 1) c ON true
    WHERE s.engine = ${engine} AND s.is_shadow ORDER BY 1`.execute(db);
  const changes = rows
    .filter(({ from, to }) => from !== to)
    .map(({ coordinate, from, to, isFlip }) => ({ coordinate, from, to, isFlip }));
  const { rows: counted } = await sql<{ published: number }>`
    SELECT count(*)::int AS published FROM skill_versions WHERE state = 'published'`.execute(db);
  return { published: counted[0]?.published ?? 0, versions: rows.length, changes };
}

export type Rollout = {
  readonly engine: string;
  readonly state: "shadow" | "waiting" | "accepted" | "in-force";
  readonly startedAt: Date;
  /** What it read before that is read once more. */
  readonly readSince: Date;
  readonly finishedAt: Date | null;
  readonly versions: number;
  readonly flips: number;
  readonly changes: readonly ScanChange[];
  readonly decidedBy: string | null;
};

const ROLLOUT = [
  "engine",
  "state",
  "started_at as startedAt",
  "read_since as readSince",
  "finished_at as finishedAt",
  "versions",
  "flips",
  "changes",
  "decided_by as decidedBy",
] as const;

export async function findRollout(db: Db | Tx, engine: string): Promise<Rollout | undefined> {
  return db
    .selectFrom("scan_rollouts")
    .where("engine", "=", engine)
    .select(ROLLOUT)
    .executeTakeFirst();
}

/** How engines came into force, newest first. */
export async function listRollouts(db: Db, limit: number): Promise<readonly Rollout[]> {
  return db
    .selectFrom("scan_rollouts")
    .orderBy("started_at", "desc")
    .limit(limit)
    .select(ROLLOUT)
    .execute();
}

/** Whether the engine that came last is still on its way, and waits for nobody. */
export async function isRollingOut(db: Db): Promise<boolean> {
  const [newest] = await listRollouts(db, 1);
  return newest?.state === "shadow" || newest?.state === "accepted";
}

/** Begins, or begins again, to read everything with this engine; what it has read since `readSince` stays as it is. */
export async function startRollout(
  db: Db | Tx,
  engine: string,
  { now, readSince }: { readonly now: Date; readonly readSince: Date },
): Promise<void> {
  const begun = {
    state: "shadow",
    started_at: now,
    read_since: readSince,
    finished_at: null,
    decided_by: null,
  } as const;
  await db
    .insertInto("scan_rollouts")
    .values({ engine, ...begun })
    .onConflict((conflict) => conflict.column("engine").doUpdateSet(begun))
    .execute();
}

/** False when it was in another state meanwhile. */
export async function moveRollout(
  tx: Db | Tx,
  { engine, state }: Pick<Rollout, "engine" | "state">,
  change: Partial<Omit<Rollout, "engine" | "startedAt" | "readSince">>,
): Promise<boolean> {
  const { state: to, finishedAt, versions, flips, changes, decidedBy } = change;
  const moved = await tx
    .updateTable("scan_rollouts")
    .set({
      ...(to !== undefined && { state: to }),
      ...(finishedAt !== undefined && { finished_at: finishedAt }),
      ...(versions !== undefined && { versions }),
      ...(flips !== undefined && { flips }),
      ...(changes !== undefined && { changes: JSON.stringify(changes) }),
      ...(decidedBy !== undefined && { decided_by: decidedBy }),
    })
    .where("engine", "=", engine)
    .where("state", "=", state)
    .returning("engine")
    .executeTakeFirst();
  return moved !== undefined;
}
