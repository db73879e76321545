import type { Db, TagState } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import { windowOf, type Page } from "./paging.ts";
import type { Source, SourceList, Tag, TagDetail, TagList } from "./schemas.ts";
import {
  findSource,
  listSightings,
  listSources,
  listTags,
  type SourceRow,
  type TagRow,
} from "./store/sources.ts";

export type TagQuery = Page & { readonly state?: TagState };

/** The sources that are followed now and that the viewer may see, by slug. */
export async function sourcesList(db: Db, viewer: Viewer, page: Page): Promise<SourceList> {
  const { rows, total } = await listSources(db, viewer, windowOf(page));
  return { items: rows.map(toSource), total, ...page };
}

export async function sourceDetail(
  db: Db,
  viewer: Viewer,
  slug: string,
): Promise<Source | undefined> {
  const row = await findSource(db, viewer, slug);
  return row && toSource(row);
}

/** Every sighting of a tag in a source, newest first. */
export async function tagsOfSource(
  db: Db,
  viewer: Viewer,
  slug: string,
  { state, ...page }: TagQuery,
): Promise<TagList | undefined> {
  const source = await findSource(db, viewer, slug);
  if (source === undefined) return undefined;
  const window = state === undefined ? windowOf(page) : { ...windowOf(page), state };
  const { rows, total } = await listTags(db, source.id, window);
  return { items: rows.map(toTag), total, ...page };
}

/** One tag name: the sighting that counts, and every other object seen under that name. */
export async function tagDetail(
  db: Db,
  viewer: Viewer,
  slug: string,
  tag: string,
): Promise<TagDetail | undefined> {
  const source = await findSource(db, viewer, slug);
  const sightings = source && (await listSightings(db, source.id, tag));
  const counts = sightings && pickSighting(sightings);
  if (sightings === undefined || counts === undefined) return undefined;
  return {
    ...toTag(counts),
    clauses: counts.clauses.map((clause) => ({ ...clause })),
    became: counts.became,
    sightings: sightings.map(toTag),
  };
}

/** First accepted wins for ever, so what was accepted speaks for the name; else the last thing that was tried. */
export function pickSighting(newestFirst: readonly TagRow[]): TagRow | undefined {
  return (
    newestFirst.find(({ state }) => state === "published" || state === "held") ??
    newestFirst.find(({ state }) => state === "pending") ??
    newestFirst[0]
  );
}

export function countsOf(row: SourceRow): Record<TagState, number> {
  const of = (state: TagState) => row.counts[state] ?? 0;
  return {
    pending: of("pending"),
    published: of("published"),
    held: of("held"),
    refused: of("refused"),
    ignored: of("ignored"),
  };
}

/** Since when nothing new is admitted, and why. */
export function frozenOf({ frozenAt, frozenReason }: SourceRow) {
  if (frozenAt === null) return null;
  return { since: frozenAt.toISOString(), reason: frozenReason ?? "" };
}

/** The push address of a hosted source. */
export function gitPathOf(row: SourceRow): string | null {
  return row.kind === "hosted" ? `/git/${row.slug}.git` : null;
}

function toSource(row: SourceRow): Source {
  return {
    source: row.slug,
    team: row.team,
    kind: row.kind,
    visibility: row.visibility,
    url: row.url,
    git: gitPathOf(row),
    branch: row.branch,
    singleAuthor: row.isSingleAuthor,
    firstSyncedAt: row.firstSyncedAt?.toISOString() ?? null,
    lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null,
    lastError: row.lastError,
    frozen: frozenOf(row),
    tags: countsOf(row),
  };
}

function toTag(row: TagRow): Tag {
  return {
    tag: row.tag,
    oid: row.oid,
    state: row.state,
    drift: row.drift,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.remedy === null ? {} : { remedy: row.remedy }),
    firstSeenAt: row.firstSeenAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}
