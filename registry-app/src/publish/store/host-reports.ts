import { sql } from "kysely";
import type { Clause, Db, Drift, TagState, VersionState } from "../../db/index.ts";
import type { FindingFact } from "../types.ts";
import { toldColumns, untoldColumns, type Told, type Untold } from "./telling.ts";

/** All that the host of a source is told of a tag. */
export type TagFacts = {
  readonly tagId: string;
  readonly source: string;
  readonly sourceUrl: string;
  readonly tag: string;
  readonly oid: string;
  /** The commit that it is of; null where it is of none. */
  readonly commitOid: string | null;
  readonly state: TagState;
  /** Where an accepted tag was taken since. */
  readonly drift: Drift | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly clauses: readonly Clause[];
  readonly version: VersionFacts | null;
  readonly versionId: string | null;
  /** Whether it is the newest that is published of its skill. */
  readonly isLatest: boolean;
  /** The protected branch of its source. */
  readonly branch: string;
  /** Who asked for a waiver of it on the host, by their names there. */
  readonly waiverAskedBy: readonly string[];
  readonly findings: readonly (FindingFact & { readonly check: string })[];
  /** Digest of everything here. */
  readonly said: string;
  /** What the host called the last report. */
  readonly externalId: string | null;
  readonly attempts: number;
};

export type VersionFacts = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly state: VersionState;
  readonly digest: string;
  readonly folder: string;
  readonly reasons: readonly string[];
  readonly checks: readonly {
    readonly name: string;
    readonly outcome: string | null;
    readonly summary: string;
  }[];
};

const FINDINGS_TOLD = 1_000;

/** Tags that say something else than their host was told, oldest first; imported ones are not told of. */
export async function listUnreported(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly TagFacts[]> {
  const { rows } = await sql<TagFacts>`
    WITH facts AS (
      SELECT t.id AS "tagId", s.slug AS source, s.url AS "sourceUrl", t.name AS tag, t.oid, v.id AS "versionId", coalesce(k.latest_version_id = v.id, false) AS "isLatest", s.branch, coalesce(t.commit_oid, v.commit_oid) AS "commitOid", t.state, t.drift, t.code,
        t.reason, t.remedy, t.clauses, t.first_seen_at,
        CASE WHEN v.id IS NULL THEN NULL ELSE jsonb_build_object('team', m.slug, 'skill', k.name, 'version', v.version,
          'state', v.state, 'digest', v.digest, 'folder', k.folder, 'reasons', coalesce(v.decision->'reasons', '[]'::jsonb),
          'checks', coalesce((SELECT jsonb_agg(jsonb_build_object('name', c.name, 'outcome', c.outcome, 'summary', c.summary)
              ORDER BY c.name)
            FROM (SELECT DISTINCT ON (name) name, outcome, summary FROM checks WHERE version_id = v.id
              ORDER BY name, created_at DESC, engine_version DESC) c), '[]'::jsonb)) END AS version,
        coalesce((SELECT jsonb_agg(DISTINCT a.login) FROM host_asks a WHERE a.source_id = s.id AND a.what = 'ask-waiver'
            AND a.state = 'done' AND a.external_id = t.id::text), '[]'::jsonb) AS "waiverAskedBy",
        coalesce((SELECT jsonb_agg(jsonb_build_object('check', f.check_name, 'rule', f.rule, 'severity', f.severity,
            'message', f.message, 'file', f.file, 'line', f.line, 'column', f."column", 'fix', f.fix)
            ORDER BY f.check_name, f.file, f.line, f.rule, f.message)
          FROM (SELECT * FROM findings WHERE version_id = v.id LIMIT ${FINDINGS_TOLD}) f), '[]'::jsonb) AS findings
      FROM tags t JOIN sources s ON s.id = t.source_id
        LEFT JOIN skill_versions v ON v.tag_id = t.id LEFT JOIN skills k ON k.id = v.skill_id
        LEFT JOIN teams m ON m.id = k.team_id
      WHERE s.id = ANY(${[...wish.sourceIds]}::uuid[]) AND s.state = 'active' AND t.in_git AND NOT t.imported),
    said AS (
      SELECT *, md5(concat_ws('|', state, drift, code, reason, remedy, clauses::text, version::text, findings::text, "waiverAskedBy"::text)) AS said
      FROM facts)
    SELECT said.*, r.external_id AS "externalId", coalesce(r.attempts, 0) AS attempts
    FROM said LEFT JOIN host_reports r ON r.tag_id = said."tagId"
    WHERE (r.tag_id IS NULL OR r.said <> said.said) AND (r.not_before IS NULL OR r.not_before <= ${wish.now})
    ORDER BY first_seen_at, tag LIMIT ${wish.limit}`.execute(db);
  return rows;
}

/** Notes that the host was told. */
export async function putReported(
  db: Db,
  { tagId, said }: Pick<TagFacts, "tagId" | "said">,
  told: Told,
): Promise<void> {
  const columns = toldColumns(said, told);
  await db
    .insertInto("host_reports")
    .values({ tag_id: tagId, ...columns })
    .onConflict((conflict) => conflict.column("tag_id").doUpdateSet(columns))
    .execute();
}

/** Notes that it could not be told, and when to try again. */
export async function putUnreported(
  db: Db,
  { tagId, attempts }: Pick<TagFacts, "tagId" | "attempts">,
  why: Omit<Untold, "attempts">,
): Promise<void> {
  const { fresh, changed } = untoldColumns({ attempts, ...why });
  await db
    .insertInto("host_reports")
    .values({ tag_id: tagId, ...fresh })
    .onConflict((conflict) => conflict.column("tag_id").doUpdateSet(changed))
    .execute();
}
