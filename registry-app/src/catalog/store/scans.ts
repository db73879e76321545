import { sql } from "kysely";
import type { Db } from "../../db/index.ts";
import { observation, type Observation, type ScanReport } from "../../scan/index.ts";

export type ScanRow = {
  readonly report: ScanReport;
  readonly engine: string;
  readonly finishedAt: Date;
};

/** The report that a version goes by; those of an engine that decides nothing yet are not told. */
export async function findScanReport(db: Db, versionId: string): Promise<ScanRow | undefined> {
  const { rows } = await sql<ScanRow>`
    SELECT report, engine, finished_at AS "finishedAt" FROM security_scans
    WHERE version_id = ${versionId} AND NOT is_shadow ORDER BY finished_at DESC, engine DESC LIMIT 1`.execute(
    db,
  );
  return rows[0];
}

/** Where a version lies in its repo, and what it was published with in spite of a finding. */
export async function findScannedPlace(
  db: Db,
  versionId: string,
): Promise<
  | {
      readonly folder: string;
      readonly waived: readonly { readonly rule: string; readonly until: string }[];
    }
  | undefined
> {
  const row = await db
    .selectFrom("skill_versions as v")
    .innerJoin("skills as k", "k.id", "v.skill_id")
    .where("v.id", "=", versionId)
    .select(["k.folder", "v.decision"])
    .executeTakeFirst();
  return row && { folder: row.folder, waived: row.decision?.waived ?? [] };
}

/** What a version was seen to do; undefined when nobody looked. */
export async function findObservation(
  db: Db,
  versionId: string,
): Promise<{ readonly observation: Observation; readonly at: Date } | undefined> {
  const row = await db
    .selectFrom("observations")
    .where("version_id", "=", versionId)
    .select(["detail", "created_at as at"])
    .executeTakeFirst();
  return row && { observation: observation.parse(row.detail), at: row.at };
}

export type RefusedFinding = {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly fix: string | null;
};

/** What the scan said against the version of a refused tag. */
export async function listRefusedFindings(db: Db, tagId: string): Promise<RefusedFinding[]> {
  const { rows } = await sql<RefusedFinding>`
    SELECT f.rule, f.severity, f.message, f.file, f.line, f.fix
    FROM findings f JOIN skill_versions v ON v.id = f.version_id
    WHERE v.tag_id = ${tagId} AND v.state = 'refused' AND f.check_name = 'scan'
    ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low', 'info'], f.severity), f.file, f.line, f.rule
    LIMIT 200`.execute(db);
  return rows;
}
