import { compareVersions } from "../skill/index.ts";
import type { ArchiveFormat, Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import { windowOf, type Page } from "./paging.ts";
import type { Checks, Skill, SkillItem, SkillList, Version } from "./schemas.ts";
import {
  findNearName,
  findSkill,
  findVersion,
  listChecks,
  listFiles,
  listSkillIds,
  listSkillsById,
  listVersions,
  searchLikeNames,
  searchSkillIds,
  type CheckRow,
  type FileRow,
  type Listing,
  type SkillRow,
  type SkillSort,
  type VersionRow,
} from "./store/skills.ts";

export type { SkillSort } from "./store/skills.ts";
export type SkillQuery = Page & {
  /** Empty: everything. `team/name` is understood too. */
  readonly q: string;
  readonly team?: string | undefined;
  /** `relevance`, which is also the default, means `updated` when `q` is empty. */
  readonly sort?: SkillSort;
};
export type SkillSearch = SkillList & {
  /** A near name, only when nothing was found. */
  readonly didYouMean?: string;
};
type FoundSkills = {
  readonly rows: readonly SkillRow[];
  readonly total: number;
  readonly near?: string;
};

const COORDINATE = /^([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})$/;
const WORD = /[\p{L}\p{N}]+/gu;
const MAX_WORDS = 12;

/** The catalogue as the viewer may see it: names by exact, prefix and typo, then words of the description. */
export async function searchSkills(
  db: Db,
  viewer: Viewer,
  query: SkillQuery,
): Promise<SkillSearch> {
  const { rows, total, near } = await findSkills(db, viewer, query);
  const list = { items: rows.map(toSkillItem), total, page: query.page, size: query.size };
  return near === undefined ? list : { ...list, didYouMean: near };
}

/** As `searchSkills`, before it is shaped for the API or for pages. */
export async function findSkills(db: Db, viewer: Viewer, query: SkillQuery): Promise<FoundSkills> {
  const typed = query.q.trim().toLowerCase().slice(0, 200);
  const coordinate = COORDINATE.exec(typed);
  const q = coordinate?.[2] ?? typed;
  const listing: Listing = {
    team: coordinate?.[1] ?? query.team,
    sort: query.sort ?? "relevance",
    ...windowOf(query),
  };
  const find = await chooseSearch(db, viewer, q, listing);
  const found = await find(listing);
  // The total travels with the rows, so a page past the end has to ask for it.
  const counted = found.length > 0 || query.page === 1 ? found : await find(onlyFirst(listing));
  const rows = await listSkillsById(
    db,
    found.map(({ id }) => id),
  );
  const total = counted[0]?.total ?? 0;
  if (total > 0 || q === "") return { rows, total };
  const near = await findNearName(db, viewer, q);
  return near === undefined ? { rows, total } : { rows, total, near };
}

type Search = (listing: Listing) => ReturnType<typeof listSkillIds>;

/** Only words that match nothing are taken for a typo: likeness would bury what was meant among what resembles it. */
async function chooseSearch(db: Db, viewer: Viewer, q: string, listing: Listing): Promise<Search> {
  if (q === "") return (window) => listSkillIds(db, viewer, window);
  const words = (q.match(WORD) ?? []).slice(0, MAX_WORDS);
  const prefixes = words.map((word) => `${word}:*`).join(" & ");
  const text = { name: q.replaceAll(/\s+/g, "-"), words: words.join(" "), prefixes };
  const byWords: Search = (window) => searchSkillIds(db, viewer, text, window);
  const matches = await byWords(onlyFirst(listing));
  if (matches.length > 0) return byWords;
  return (window) => searchLikeNames(db, viewer, text.name, window);
}

function onlyFirst(listing: Listing): Listing {
  return { ...listing, offset: 0, limit: 1 };
}

/** One skill with its versions, newest first; undefined when there is none or the viewer may not see it. */
export async function skillDetail(
  db: Db,
  viewer: Viewer,
  team: string,
  name: string,
): Promise<Skill | undefined> {
  const row = await findSkill(db, viewer, team, name);
  return row && toSkill(row, newestFirst(await listVersions(db, row.id)));
}

/** One version that is published, held, quarantined or yanked. */
export async function versionDetail(
  db: Db,
  viewer: Viewer,
  team: string,
  name: string,
  version: string,
): Promise<Version | undefined> {
  const skill = await findSkill(db, viewer, team, name);
  const row = skill && (await findVersion(db, skill.id, version));
  return row && toVersion(row, await listChecks(db, row.id), await listFiles(db, row.id));
}

/** The id of a version that the viewer may see. */
export async function findVersionId(
  db: Db,
  viewer: Viewer,
  wanted: { readonly team: string; readonly name: string; readonly version: string },
): Promise<string | undefined> {
  const skill = await findSkill(db, viewer, wanted.team, wanted.name);
  return skill && (await findVersion(db, skill.id, wanted.version))?.id;
}

export type ServedArchive = {
  readonly format: ArchiveFormat;
  readonly size: number;
  readonly sha256: string;
};

/** The archive that a version may be downloaded as: what is held or in quarantine leaves through no door. */
export function findArchive(version: Version, format: ArchiveFormat): ServedArchive | undefined {
  if (!isServed(version.state)) return undefined;
  return version.archives.find((archive) => archive.format === format);
}

/** A yanked version stays installable for those who pinned it. */
export function isServed(state: Version["state"]): boolean {
  return state === "published" || state === "yanked";
}

export function newestFirst<Row extends { readonly version: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => compareVersions(b.version, a.version));
}

export function toSkillItem(row: SkillRow): SkillItem {
  return {
    team: row.team,
    name: row.name,
    description: row.description,
    latest: row.latest,
    checks: toChecks(row.checks),
    score: row.score,
    downloads: row.downloads,
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toSkill(row: SkillRow, versions: readonly VersionRow[]): Skill {
  return {
    ...toSkillItem(row),
    versions: versions.map(({ version, state, publishedAt }) => ({
      version,
      state,
      publishedAt: publishedAt?.toISOString() ?? null,
    })),
    owner: row.team,
    source: row.source,
    license: row.license,
    compatibility: row.compatibility,
  };
}

export function toVersion(
  row: VersionRow,
  checks: readonly CheckRow[],
  files: readonly FileRow[],
): Version {
  return {
    version: row.version,
    state: row.state,
    tag: row.tag,
    tagOid: row.tagOid,
    commit: row.commit,
    tree: row.tree,
    digest: row.digest,
    signer: { principal: row.signerPrincipal, key: row.signerKey },
    firstSeenAt: row.firstSeenAt.toISOString(),
    publishedAt: row.publishedAt?.toISOString() ?? null,
    bump: { declared: row.bumpDeclared, required: row.bumpRequired },
    changelog: {
      from: row.changelog.from,
      entries: row.changelog.entries.map((entry) => ({ ...entry })),
      markdown: row.changelog.markdown,
    },
    checks: checks.map((check) => ({
      name: check.name,
      outcome: check.outcome,
      summary: check.summary,
      score: check.score,
      engineVersion: check.engineVersion,
      finishedAt: check.finishedAt?.toISOString() ?? null,
    })),
    // What is held or in quarantine leaves through no door, its file names neither.
    files: isServed(row.state) ? files.map((file) => ({ ...file })) : [],
    archives: isServed(row.state)
      ? row.archives.map(({ format, size, sha256 }) => ({ format, size, sha256 }))
      : [],
  };
}

export function toChecks(outcomes: Readonly<Record<string, string | null>>): Checks {
  const of = (name: keyof Checks) => (outcomes[name] ?? null) as Checks[keyof Checks];
  return {
    signature: of("signature"),
    validation: of("validation"),
    scan: of("scan"),
    evals: of("evals"),
  };
}
