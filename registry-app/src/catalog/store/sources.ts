import { sql, type RawBuilder } from "kysely";
import type { Clause, Db, Drift, SourceKind, TagState, Visibility } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { CHECKS_OF_V, visible } from "./visible.ts";

export type SourceRow = {
  readonly id: string;
  readonly slug: string;
  readonly team: string;
  readonly kind: SourceKind;
  readonly visibility: Visibility;
  readonly url: string | null;
  readonly branch: string;
  readonly isDemo: boolean;
  readonly isSingleAuthor: boolean;
  readonly firstSyncedAt: Date | null;
  readonly lastSyncedAt: Date | null;
  readonly lastError: string | null;
  readonly frozenAt: Date | null;
  readonly frozenReason: string | null;
  readonly counts: Partial<Record<TagState, number>>;
};
export type VersionRef = { readonly team: string; readonly name: string; readonly version: string };
export type TagRow = {
  readonly id: string;
  readonly tag: string;
  readonly oid: string;
  readonly state: TagState;
  readonly drift: Drift | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly clauses: readonly Clause[];
  readonly imported: boolean;
  readonly inGit: boolean;
  readonly firstSeenAt: Date;
  readonly decidedAt: Date | null;
  readonly became: VersionRef | null;
};
export type PageOf<Row> = { readonly rows: readonly Row[]; readonly total: number };
type Window = { readonly offset: number; readonly limit: number };

const FROM_SOURCES = sql`FROM sources src JOIN teams t ON t.id = src.team_id`;
const SOURCE_COLUMNS = sql`
  src.id, src.slug, t.slug AS team, src.kind, src.visibility, src.url, src.branch, src.is_demo AS "isDemo",
  src.is_single_author AS "isSingleAuthor",
  src.first_synced_at AS "firstSyncedAt", src.last_synced_at AS "lastSyncedAt", src.last_error AS "lastError",
  src.frozen_at AS "frozenAt", src.frozen_reason AS "frozenReason",
  (SELECT coalesce(json_object_agg(n.state, n.count), '{}') FROM (
     SELECT state, count(*)::int AS count FROM tags WHERE source_id = src.id GROUP BY state) n) AS counts`;
// A version that is decided, or waits to be: what a tag "became" is told where the tag itself may be seen.
const TAG_COLUMNS = sql`
  g.id, g.name AS tag, g.oid, g.state, g.drift, g.code, g.reason, g.remedy, g.clauses, g.imported, g.in_git AS "inGit",
  g.first_seen_at AS "firstSeenAt", g.decided_at AS "decidedAt",
  (SELECT json_build_object('team', vt.slug, 'name', vs.name, 'version', v.version)
   FROM skill_versions v JOIN skills vs ON vs.id = v.skill_id JOIN teams vt ON vt.id = vs.team_id
   WHERE v.tag_id = g.id AND v.state NOT IN ('candidate', 'refused')) AS became`;

export async function listSources(
  db: Db,
  viewer: Viewer,
  window: Window & { readonly team?: string },
): Promise<PageOf<SourceRow>> {
  const where = sql`${visible(viewer, "src")} AND src.state = 'active'
    AND ${window.team === undefined ? sql`true` : sql`t.slug = ${window.team}`}`;
  const { rows } = await sql<SourceRow>`
    SELECT ${SOURCE_COLUMNS} ${FROM_SOURCES} WHERE ${where}
    ORDER BY src.slug OFFSET ${window.offset} LIMIT ${window.limit}`.execute(db);
  return { rows, total: await count(db, sql`${FROM_SOURCES} WHERE ${where}`) };
}

export async function findSource(db: Db, viewer: Viewer, slug: string) {
  const { rows } = await sql<SourceRow>`
    SELECT ${SOURCE_COLUMNS} ${FROM_SOURCES} WHERE ${visible(viewer, "src")} AND src.slug = ${slug}`.execute(
    db,
  );
  return rows[0];
}

/** Newest first; `state` narrows. */
export async function listTags(
  db: Db,
  sourceId: string,
  window: Window & { readonly state?: TagState },
): Promise<PageOf<TagRow>> {
  const where = sql`g.source_id = ${sourceId}
    AND ${window.state === undefined ? sql`true` : sql`g.state = ${window.state}`}`;
  const { rows } = await sql<TagRow>`
    SELECT ${TAG_COLUMNS} FROM tags g WHERE ${where}
    ORDER BY g.first_seen_at DESC, g.name, g.id OFFSET ${window.offset} LIMIT ${window.limit}`.execute(
    db,
  );
  return { rows, total: await count(db, sql`FROM tags g WHERE ${where}`) };
}

/** Every object seen under one name, newest first; at most 200, since anybody with push rights can go on trying. */
export async function listSightings(db: Db, sourceId: string, tag: string): Promise<TagRow[]> {
  const { rows } = await sql<TagRow>`
    SELECT ${TAG_COLUMNS} FROM tags g WHERE g.source_id = ${sourceId} AND g.name = ${tag}
    ORDER BY g.first_seen_at DESC, g.id LIMIT 200`.execute(db);
  return rows;
}

export type OverviewCounts = Record<
  "skills" | "versions" | "teams" | "sources" | "tags" | "refused",
  number
>;

export async function countAll(db: Db, viewer: Viewer): Promise<OverviewCounts> {
  const ofSkills = sql`FROM skill_versions v JOIN skills s ON s.id = v.skill_id
    JOIN sources src ON src.id = s.source_id WHERE v.state = 'published' AND ${visible(viewer, "s")}`;
  const ofTags = sql`FROM tags g JOIN sources src ON src.id = g.source_id WHERE ${visible(viewer, "src")}`;
  const { rows } = await sql<OverviewCounts>`
    SELECT (SELECT count(DISTINCT s.id)::int ${ofSkills}) AS skills,
           (SELECT count(*)::int ${ofSkills}) AS versions,
           (SELECT count(*)::int FROM teams) AS teams,
           (SELECT count(*)::int FROM sources src WHERE src.state = 'active' AND ${visible(viewer, "src")}) AS sources,
           (SELECT count(*)::int ${ofTags}) AS tags,
           (SELECT count(*)::int ${ofTags} AND g.state = 'refused') AS refused`.execute(db);
  return rows[0] ?? { skills: 0, versions: 0, teams: 0, sources: 0, tags: 0, refused: 0 };
}

export type ReleaseRow = VersionRef & {
  readonly description: string;
  readonly digest: string;
  readonly outcomes: Record<string, string | null>;
  readonly publishedAt: Date;
};

export async function listReleases(db: Db, viewer: Viewer, limit: number): Promise<ReleaseRow[]> {
  const { rows } = await sql<ReleaseRow>`
    SELECT t.slug AS team, s.name, v.version, v.description, v.digest, ${CHECKS_OF_V} AS outcomes,
           v.published_at AS "publishedAt"
    FROM skill_versions v JOIN skills s ON s.id = v.skill_id JOIN teams t ON t.id = s.team_id
    JOIN sources src ON src.id = s.source_id
    WHERE v.state = 'published' AND v.published_at IS NOT NULL AND ${visible(viewer, "s")}
    ORDER BY v.published_at DESC, v.id LIMIT ${limit}`.execute(db);
  return rows;
}

export type RefusalRow = {
  readonly source: string;
  readonly tag: string;
  readonly code: string;
  readonly reason: string;
  readonly decidedAt: Date;
};

export async function listRefusals(db: Db, viewer: Viewer, limit: number): Promise<RefusalRow[]> {
  const { rows } = await sql<RefusalRow>`
    SELECT src.slug AS source, g.name AS tag, g.code, coalesce(g.reason, '') AS reason, g.decided_at AS "decidedAt"
    FROM tags g JOIN sources src ON src.id = g.source_id
    WHERE g.state = 'refused' AND g.code IS NOT NULL AND g.decided_at IS NOT NULL AND ${visible(viewer, "src")}
    ORDER BY g.decided_at DESC, g.id LIMIT ${limit}`.execute(db);
  return rows;
}

async function count(db: Db, fromWhere: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n ${fromWhere}`.execute(db);
  return rows[0]?.n ?? 0;
}
