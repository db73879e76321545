import { sql, type RawBuilder } from "kysely";
import type {
  ArchiveFact,
  Bump,
  ChangelogFact,
  CheckName,
  Db,
  Outcome,
  Visibility,
} from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { CHECKS_OF_V, SCORE_OF_V, SHOWN_STATES, visible } from "./visible.ts";

export type SkillRow = {
  readonly id: string;
  readonly team: string;
  readonly name: string;
  readonly description: string;
  readonly latest: string | null;
  readonly digest: string | null;
  readonly checks: Record<string, string | null>;
  readonly score: number | null;
  readonly downloads: number;
  readonly updatedAt: Date;
  readonly source: string;
  readonly visibility: Visibility;
  readonly license: string | null;
  readonly compatibility: string | null;
};
export type ShownState = "published" | "held" | "quarantined" | "yanked";
export type VersionRow = {
  readonly id: string;
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly state: ShownState;
  readonly tag: string;
  readonly tagOid: string;
  readonly commit: string;
  readonly tree: string;
  readonly digest: string;
  readonly tarSha256: string;
  readonly tarSizeBytes: number;
  readonly frontmatter: Record<string, unknown>;
  readonly description: string;
  readonly signerPrincipal: string;
  readonly signerKey: string;
  readonly bumpDeclared: Bump;
  readonly bumpRequired: Bump;
  readonly changelog: ChangelogFact;
  readonly archives: readonly ArchiveFact[];
  readonly decision: { readonly kind: string; readonly reasons: readonly string[] } | null;
  /** What lets a held version through. */
  readonly remedy: string | null;
  readonly firstSeenAt: Date;
  readonly decidedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly outcomes: Record<string, string | null>;
};
export type CheckRow = {
  readonly name: CheckName;
  readonly outcome: Outcome | null;
  readonly summary: string;
  readonly score: number | null;
  readonly engineVersion: string;
  readonly finishedAt: Date | null;
};
export type FileRow = {
  readonly path: string;
  readonly mode: string;
  readonly size: number;
  readonly sha256: string;
};
export type SkillSort = "relevance" | "downloads" | "updated" | "name";
export type Listing = {
  readonly team?: string | undefined;
  readonly sort: SkillSort;
  readonly offset: number;
  readonly limit: number;
};
type Found = { readonly id: string; readonly total: number };

// Beyond this many matches the less downloaded ones are not ranked: ranking every match of a common word is what
// makes full-text search slow.
const RANKED_AT_MOST = 2000;

const LISTED = sql`EXISTS (SELECT FROM skill_versions p WHERE p.skill_id = s.id AND p.state = 'published')`;
// The words of a version that nobody may have are not told by its skill either.
const told = (column: string) => sql`CASE WHEN ${LISTED} THEN ${sql.ref(column)} END`;
const FROM_SKILLS = sql`FROM skills s JOIN teams t ON t.id = s.team_id JOIN sources src ON src.id = s.source_id`;
const SKILL_COLUMNS = sql`
  s.id, t.slug AS team, s.name, COALESCE(${told("s.description")}, '') AS description, v.version AS latest, v.digest, ${CHECKS_OF_V} AS checks,
  ${SCORE_OF_V} AS score, s.downloads::float8 AS downloads, s.updated_at AS "updatedAt", src.slug AS source,
  s.visibility, ${told("s.license")} AS license, ${told("s.compatibility")} AS compatibility`;
const VERSION_COLUMNS = sql`
  v.id, v.version, v.is_prerelease AS "isPrerelease", v.state, v.tag_name AS tag, v.tag_oid AS "tagOid",
  v.commit_oid AS commit, v.tree_oid AS tree, v.digest, v.tar_sha256 AS "tarSha256",
  v.tar_size_bytes::float8 AS "tarSizeBytes", v.frontmatter, v.description,
  v.signer_principal AS "signerPrincipal", v.signer_key AS "signerKey", v.bump_declared AS "bumpDeclared",
  v.bump_required AS "bumpRequired", v.changelog, v.archives, v.decision, v.first_seen_at AS "firstSeenAt",
  v.decided_at AS "decidedAt", v.published_at AS "publishedAt", ${CHECKS_OF_V} AS outcomes,
  (SELECT g.remedy FROM tags g WHERE g.id = v.tag_id AND v.state = 'held') AS remedy`;

/** Ids of the skills of the catalogue, without a search. */
export async function listSkillIds(db: Db, viewer: Viewer, listing: Listing): Promise<Found[]> {
  const { rows } = await sql<Found>`
    SELECT s.id, count(*) OVER ()::int AS total ${FROM_SKILLS}
    WHERE ${visible(viewer, "s")} AND ${inTeam(listing)} AND ${LISTED}
    ORDER BY ${order(listing.sort === "relevance" ? "updated" : listing.sort, sql`s.updated_at DESC`)}
    OFFSET ${listing.offset} LIMIT ${listing.limit}`.execute(db);
  return rows;
}

/** Ids of the skills that match the words: exact name first, then names that begin so, then by rank. */
export async function searchSkillIds(
  db: Db,
  viewer: Viewer,
  text: { readonly name: string; readonly words: string; readonly prefixes: string },
  listing: Listing,
): Promise<Found[]> {
  const begins = `${text.name.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const wanted = sql`(to_tsquery('simple', ${text.prefixes}) || websearch_to_tsquery('english', ${text.words}))`;
  const relevance = sql`(s.name = ${text.name}) DESC, (s.name LIKE ${begins}) DESC, ts_rank(s.search, ${wanted}) DESC, s.downloads DESC`;
  const { rows } = await sql<Found>`
    WITH found AS MATERIALIZED (
      SELECT s.id, s.name, s.search, s.downloads, s.updated_at ${FROM_SKILLS}
      WHERE (s.search @@ ${wanted} OR s.name LIKE ${begins})
        AND ${visible(viewer, "s")} AND ${inTeam(listing)} AND ${LISTED}
      ORDER BY (s.name = ${text.name}) DESC, s.downloads DESC LIMIT ${RANKED_AT_MOST})
    SELECT s.id, count(*) OVER ()::int AS total FROM found s
    ORDER BY ${order(listing.sort, relevance)} OFFSET ${listing.offset} LIMIT ${listing.limit}`.execute(
    db,
  );
  return rows;
}

/** Ids of the skills whose names are like the one typed, likest first. */
export async function searchLikeNames(
  db: Db,
  viewer: Viewer,
  name: string,
  listing: Listing,
): Promise<Found[]> {
  const relevance = sql`greatest(similarity(s.name, ${name}), word_similarity(${name}, s.name)) DESC, s.downloads DESC`;
  const { rows } = await sql<Found>`
    SELECT s.id, count(*) OVER ()::int AS total ${FROM_SKILLS}
    WHERE (s.name % ${name} OR ${name} <% s.name)
      AND ${visible(viewer, "s")} AND ${inTeam(listing)} AND ${LISTED}
    ORDER BY ${order(listing.sort, relevance)} OFFSET ${listing.offset} LIMIT ${listing.limit}`.execute(
    db,
  );
  return rows;
}

/** The nearest name in the catalogue, however far. */
export async function findNearName(db: Db, viewer: Viewer, name: string) {
  const { rows } = await sql<{ name: string }>`
    SELECT s.name ${FROM_SKILLS}
    WHERE ${visible(viewer, "s")} AND ${LISTED} AND similarity(s.name, ${name}) > 0.15
    ORDER BY similarity(s.name, ${name}) DESC, s.downloads DESC LIMIT 1`.execute(db);
  return rows[0]?.name;
}

/** The skills with these ids, in this order. */
export async function listSkillsById(db: Db, ids: readonly string[]): Promise<SkillRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<SkillRow>`
    SELECT ${SKILL_COLUMNS} ${FROM_SKILLS} LEFT JOIN skill_versions v ON v.id = s.latest_version_id
    WHERE s.id = ANY(${ids}::uuid[]) ORDER BY array_position(${ids}::uuid[], s.id)`.execute(db);
  return rows;
}

export async function findSkill(db: Db, viewer: Viewer, team: string, name: string) {
  return firstSkill(
    db,
    sql`${visible(viewer, "s")} AND t.slug = ${team} AND s.name = ${name}
        AND EXISTS (SELECT FROM skill_versions p WHERE p.skill_id = s.id AND p.state IN ${SHOWN_STATES})`,
  );
}

export async function findPublicSkillById(db: Db, skillId: string) {
  return firstSkill(db, sql`s.id = ${skillId} AND s.visibility = 'public'`);
}

/** The versions of a skill that are shown, in no order. */
/** Coordinate and every version number of a skill, whatever may be seen of it. */
export async function findSkillFiles(db: Db, skillId: string) {
  const { rows } = await sql<{ team: string; name: string; versions: string[] }>`
    SELECT t.slug AS team, k.name, coalesce(array_agg(v.version) FILTER (WHERE v.id IS NOT NULL), '{}') AS versions
    FROM skills k JOIN teams t ON t.id = k.team_id LEFT JOIN skill_versions v ON v.skill_id = k.id
    WHERE k.id = ${skillId} GROUP BY t.slug, k.name`.execute(db);
  return rows[0];
}

export async function listPrivateSkillIds(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("skills")
    .where("visibility", "=", "private")
    .select("id")
    .execute();
  return rows.map((row) => row.id);
}

export async function listVersions(db: Db, skillId: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    SELECT ${VERSION_COLUMNS} FROM skill_versions v
    WHERE v.skill_id = ${skillId} AND v.state IN ${SHOWN_STATES}`.execute(db);
  return rows;
}

export async function findVersion(db: Db, skillId: string, version: string) {
  const { rows } = await sql<VersionRow>`
    SELECT ${VERSION_COLUMNS} FROM skill_versions v
    WHERE v.skill_id = ${skillId} AND v.version = ${version} AND v.state IN ${SHOWN_STATES}`.execute(
    db,
  );
  return rows[0];
}

export async function findSkillIdOfVersion(db: Db, versionId: string) {
  const { rows } = await sql<{ skillId: string; version: string }>`
    SELECT skill_id AS "skillId", version FROM skill_versions WHERE id = ${versionId}`.execute(db);
  return rows[0];
}

/** The text of SKILL.md as it was tagged, frontmatter included. */
export async function findSkillMd(db: Db, versionId: string): Promise<string | undefined> {
  const { rows } = await sql<{ text: string }>`
    SELECT skill_md AS text FROM skill_versions WHERE id = ${versionId}`.execute(db);
  return rows[0]?.text;
}

/** Each check by the newest engine that took it on. */
export async function listChecks(db: Db, versionId: string): Promise<CheckRow[]> {
  const { rows } = await sql<CheckRow>`
    SELECT DISTINCT ON (name) name, outcome, summary, score, engine_version AS "engineVersion",
           finished_at AS "finishedAt"
    FROM checks WHERE version_id = ${versionId} ORDER BY name, created_at DESC, engine_version DESC`.execute(
    db,
  );
  return rows;
}

export type FindingRow = {
  readonly check: CheckName;
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fix: string | null;
};

export async function listFindings(db: Db, versionId: string): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    SELECT check_name AS check, rule, severity, message, file, line, "column", fix
    FROM findings WHERE version_id = ${versionId} ORDER BY file, line, "column", rule LIMIT 1000`.execute(
    db,
  );
  return rows;
}

export async function listFiles(db: Db, versionId: string): Promise<FileRow[]> {
  const { rows } = await sql<FileRow>`
    SELECT path, mode, size_bytes::float8 AS size, sha256 FROM skill_files
    WHERE version_id = ${versionId} ORDER BY path COLLATE "C"`.execute(db);
  return rows;
}

export type InstallableRow = {
  readonly team: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly digest: string;
  readonly archiveSha256: string;
};

/** The latest version of each skill; of equal names the one that was there first. */
export async function listInstallable(
  db: Db,
  viewer: Viewer,
  team: string | undefined,
  limit: number,
): Promise<InstallableRow[]> {
  const { rows } = await sql<InstallableRow>`
    SELECT DISTINCT ON (s.name) t.slug AS team, s.name, s.description, v.version, v.digest,
           a.archive ->> 'sha256' AS "archiveSha256"
    ${FROM_SKILLS} JOIN skill_versions v ON v.id = s.latest_version_id AND v.state = 'published'
    JOIN LATERAL jsonb_array_elements(v.archives) AS a(archive) ON a.archive ->> 'format' = 'tar.gz'
    WHERE ${visible(viewer, "s")} AND ${team === undefined ? sql`true` : sql`t.slug = ${team}`}
    ORDER BY s.name, s.created_at, s.id LIMIT ${limit}`.execute(db);
  return rows;
}

async function firstSkill(db: Db, where: RawBuilder<unknown>): Promise<SkillRow | undefined> {
  const { rows } = await sql<SkillRow>`
    SELECT ${SKILL_COLUMNS} ${FROM_SKILLS} LEFT JOIN skill_versions v ON v.id = s.latest_version_id
    WHERE ${where}`.execute(db);
  return rows[0];
}

function inTeam(listing: Listing): RawBuilder<unknown> {
  return listing.team === undefined ? sql`true` : sql`t.slug = ${listing.team}`;
}

function order(sort: SkillSort, relevance: RawBuilder<unknown>): RawBuilder<unknown> {
  const by = {
    relevance,
    downloads: sql`s.downloads DESC`,
    updated: sql`s.updated_at DESC`,
    name: sql`s.name`,
  } satisfies Record<SkillSort, RawBuilder<unknown>>;
  return sql`${by[sort]}, s.name, s.id`;
}
