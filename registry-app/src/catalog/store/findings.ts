import { sql } from "kysely";
import type { Db } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { visible } from "./visible.ts";

/**
 * The versions that somebody has or waits for: the latest of each skill, and all that are held or quarantined; each with
 * the newest outcome of its scan. Only what the viewer may see.
 */
const counted = (viewer: Viewer) => sql`
  mine AS (
    SELECT v.id, v.version, v.state, s.id AS skill_id, s.name, t.slug AS team,
      (SELECT c.outcome FROM checks c WHERE c.version_id = v.id AND c.name = 'scan'
       ORDER BY c.created_at DESC, c.engine_version DESC LIMIT 1) AS outcome,
      (SELECT c.score FROM checks c WHERE c.version_id = v.id AND c.name = 'scan'
       ORDER BY c.created_at DESC, c.engine_version DESC LIMIT 1) AS score
    FROM skills s JOIN teams t ON t.id = s.team_id JOIN sources src ON src.id = s.source_id
    JOIN skill_versions v ON v.skill_id = s.id
      AND (v.id = s.latest_version_id OR v.state IN ('held', 'quarantined'))
    WHERE ${visible(viewer, "s")})`;

export type VerdictCount = {
  readonly verdict: string;
  readonly state: string;
  readonly versions: number;
};

export async function countVerdicts(db: Db, viewer: Viewer): Promise<VerdictCount[]> {
  const { rows } = await sql<VerdictCount>`
    WITH ${counted(viewer)}
    SELECT coalesce(outcome, 'none') AS verdict, state, count(*)::int AS versions FROM mine GROUP BY 1, 2`.execute(
    db,
  );
  return rows;
}

/** Versions that were refused since, by the scan or by evals. */
export async function countRefused(db: Db, viewer: Viewer, since: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM skill_versions v JOIN skills s ON s.id = v.skill_id JOIN sources src ON src.id = s.source_id
    JOIN tags g ON g.id = v.tag_id
    WHERE v.state = 'refused' AND g.code = 'CHECK_FAILED' AND v.decided_at >= ${since} AND ${visible(viewer, "s")}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

const SEVERITIES = sql`ARRAY['critical', 'high', 'medium', 'low', 'info']`;

export type RuleCount = {
  readonly rule: string;
  readonly severity: string;
  readonly findings: number;
  readonly versions: number;
  readonly skills: number;
};

/** The rules that found something, the gravest and most frequent first. */
export async function countRules(db: Db, viewer: Viewer, limit: number): Promise<RuleCount[]> {
  const { rows } = await sql<RuleCount>`
    WITH ${counted(viewer)}
    SELECT f.rule, (${SEVERITIES})[min(array_position(${SEVERITIES}, f.severity))] AS severity, count(*)::int AS findings,
      count(DISTINCT m.id)::int AS versions, count(DISTINCT m.skill_id)::int AS skills
    FROM mine m JOIN findings f ON f.version_id = m.id AND f.check_name = 'scan'
    GROUP BY f.rule ORDER BY min(array_position(${SEVERITIES}, f.severity)), versions DESC, f.rule LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}

export type FindingQuery = {
  readonly rule?: string | undefined;
  readonly severity?: string | undefined;
  readonly verdict?: string | undefined;
  readonly team?: string | undefined;
  readonly offset: number;
  readonly limit: number;
};

export type FoundFinding = {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly verdict: string;
  readonly score: number | null;
  readonly rule: string;
  readonly severity: string;
  readonly file: string;
  readonly line: number;
};

/** Findings of these versions, the gravest first. Names of rules and files; what was read there is on the version's page. */
export async function searchFindings(
  db: Db,
  viewer: Viewer,
  query: FindingQuery,
): Promise<{ readonly rows: readonly FoundFinding[]; readonly total: number }> {
  const is = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = sql`
    FROM mine m JOIN findings f ON f.version_id = m.id AND f.check_name = 'scan'
    WHERE ${is("f.rule", query.rule)} AND ${is("f.severity", query.severity)} AND ${is("m.outcome", query.verdict)}
      AND ${is("m.team", query.team)}`;
  const [{ rows }, total] = await Promise.all([
    sql<FoundFinding>`WITH ${counted(viewer)}
      SELECT m.team, m.name, m.version, m.state, m.outcome AS verdict, m.score, f.rule, f.severity, f.file, f.line ${found}
      ORDER BY array_position(${SEVERITIES}, f.severity), m.score, m.team, m.name, m.version, f.file, f.line, f.rule
      LIMIT ${query.limit} OFFSET ${query.offset}`.execute(db),
    sql<{ n: number }>`WITH ${counted(viewer)} SELECT count(*)::int AS n ${found}`.execute(db),
  ]);
  return { rows, total: total.rows[0]?.n ?? 0 };
}

export type EngineFact = {
  readonly engine: string;
  readonly state: string;
  readonly versions: number;
  readonly flips: number;
  readonly startedAt: Date;
};

/** How the scanner's newest rules stand: in the shadow, waiting for a word, or in force. */
export async function findNewestEngine(db: Db): Promise<EngineFact | undefined> {
  const { rows } = await sql<EngineFact>`
    SELECT engine, state, versions, flips, started_at AS "startedAt" FROM scan_rollouts
    ORDER BY started_at DESC, engine DESC LIMIT 1`.execute(db);
  return rows[0];
}
