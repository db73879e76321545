import type { Db } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { listRefusedFindings } from "../store/scans.ts";
import { windowOf, type Page } from "../paging.ts";
import { countsOf, frozenOf, gitPathOf, type TagQuery } from "../read-sources.ts";
import { listPulls } from "../store/pulls.ts";
import {
  findSource,
  listSightings,
  listSources,
  listTags,
  type SourceRow,
  type TagRow,
} from "../store/sources.ts";

export async function readSourceList(db: Db, viewer: Viewer, page: Page) {
  const { rows, total } = await listSources(db, viewer, windowOf(page));
  return { items: rows.map(toSourceFacts), total, page: page.page, size: page.size };
}

export async function readSourcePage(db: Db, viewer: Viewer, slug: string, query: TagQuery) {
  const source = await findSource(db, viewer, slug);
  if (source === undefined) return undefined;
  const window = windowOf(query);
  const narrowed = query.state === undefined ? window : { ...window, state: query.state };
  const { rows, total } = await listTags(db, source.id, narrowed);
  const tags = { items: rows.map(toTagLine), total, page: query.page, size: query.size };
  const pulls = (await listPulls(db, source.id)).map(({ number }) => number);
  return { ...toSourceFacts(source), tags, pulls };
}

export async function readTagPage(db: Db, viewer: Viewer, slug: string, tag: string) {
  const source = await findSource(db, viewer, slug);
  const rows = source && (await listSightings(db, source.id, tag));
  if (source === undefined || rows === undefined || rows.length === 0) return undefined;
  return {
    source: toSourceFacts(source),
    tag,
    sightings: await Promise.all(
      rows.map(async (row) => ({ ...toSighting(row), findings: await listRefusing(db, row) })),
    ),
  };
}

/** What made a version be refused, without its text; of one that is decided otherwise, its own page tells. */
async function listRefusing(db: Db, row: TagRow) {
  return row.state === "refused" ? listRefusedFindings(db, row.id) : [];
}

export function toSourceFacts(row: SourceRow) {
  return {
    slug: row.slug,
    team: row.team,
    kind: row.kind,
    visibility: row.visibility,
    url: row.url,
    git: gitPathOf(row),
    branch: row.branch,
    isDemo: row.isDemo,
    isSingleAuthor: row.isSingleAuthor,
    firstSyncedAt: row.firstSyncedAt?.toISOString() ?? null,
    lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null,
    lastError: row.lastError,
    frozen: frozenOf(row),
    counts: countsOf(row),
  };
}

function toTagLine(row: TagRow) {
  return {
    tag: row.tag,
    oid: row.oid,
    state: row.state,
    drift: row.drift,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    firstSeenAt: row.firstSeenAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    became: row.became,
  };
}

function toSighting(row: TagRow) {
  return {
    ...toTagLine(row),
    ...(row.remedy === null ? {} : { remedy: row.remedy }),
    clauses: row.clauses,
    isImported: row.imported,
    isInGit: row.inGit,
  };
}
