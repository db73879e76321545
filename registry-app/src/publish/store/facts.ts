import { sql } from "kysely";
import type { Db, Tx, Visibility } from "../../db/index.ts";
import { readAllowedTools } from "../../skill/index.ts";
import type { FileFact, KnownSkill, KnownVersion, PendingTag } from "../types.ts";

const anyOf = (column: string, values: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} = ANY(${sql.val([...values])}::text[])`;

/** Tags of a source that no version stands on yet and that nobody judged, oldest sighting first. */
export async function listPendingTags(db: Db | Tx, sourceId: string): Promise<PendingTag[]> {
  return db
    .selectFrom("tags as t")
    .leftJoin("skill_versions as v", "v.tag_id", "t.id")
    .where("t.source_id", "=", sourceId)
    .where("t.state", "=", "pending")
    .where("v.id", "is", null)
    .orderBy("t.first_seen_at")
    .orderBy("t.name")
    .select(["t.id", "t.name", "t.oid", "t.imported", "t.first_seen_at as firstSeenAt"])
    .execute();
}

/** Sources, but frozen ones, with tags that were sighted before `before` and are still not judged: what the sweeper asks for again. */
export async function listSourcesWithPendingTags(db: Db, before: Date): Promise<string[]> {
  const rows = await db
    .selectFrom("tags as t")
    .leftJoin("skill_versions as v", "v.tag_id", "t.id")
    .innerJoin("sources as s", "s.id", "t.source_id")
    .where("s.frozen_at", "is", null)
    .where("t.state", "=", "pending")
    .where("v.id", "is", null)
    .where("t.first_seen_at", "<", before)
    .select("t.source_id as id")
    .distinct()
    .execute();
  return rows.map((row) => row.id);
}

/** For each of these tag names that a version of this source is bound to: the object it is bound to. */
export async function listBoundNames(
  db: Db | Tx,
  sourceId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("skill_versions as v")
    .innerJoin("tags as t", "t.id", "v.tag_id")
    .where("t.source_id", "=", sourceId)
    .where(anyOf("t.name", names))
    .select(["t.name", "t.oid"])
    .execute();
  return new Map(rows.map((row) => [row.name, row.oid]));
}

/** As a refusal may call it: what is refused in one source is read by people who may not see another. */
function callSource(slug: string, visibility: Visibility): string {
  return visibility === "public" ? `source ${slug}` : "a private source";
}

/** For each of these signed payloads that a version of another source is bound to: what that source may be called. */
export async function listBoundElsewhere(
  db: Db | Tx,
  sourceId: string,
  payloads: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("skill_versions as v")
    .innerJoin("tags as t", "t.id", "v.tag_id")
    .innerJoin("sources as s", "s.id", "t.source_id")
    .where("s.id", "<>", sourceId)
    .where(anyOf("v.tag_payload_sha256", payloads))
    .select(["v.tag_payload_sha256 as payload", "s.slug", "s.visibility"])
    .execute();
  return new Map(rows.map((row) => [row.payload, callSource(row.slug, row.visibility)]));
}

/** The skills of a team by name, with every version ever accepted. */
export async function loadSkills(
  db: Db | Tx,
  teamId: string,
  names: readonly string[],
): Promise<Map<string, KnownSkill>> {
  const rows = await db
    .selectFrom("skills as k")
    .innerJoin("sources as s", "s.id", "k.source_id")
    .leftJoin("skill_versions as v", "v.skill_id", "k.id")
    .where("k.team_id", "=", teamId)
    .where(anyOf("k.name", names))
    .select(["k.id", "k.name", "k.source_id as sourceId", "s.slug", "s.visibility"])
    .select([
      "v.id as versionId",
      "v.version",
      "v.state",
      "v.tag_name as tagName",
      "v.tag_oid as tagOid",
      "v.commit_oid as commitOid",
    ])
    .execute();
  const skills = new Map<string, KnownSkill & { versions: KnownVersion[] }>();
  for (const row of rows) {
    const skill = skills.get(row.name) ?? {
      id: row.id,
      sourceId: row.sourceId,
      source: callSource(row.slug, row.visibility),
      versions: [],
    };
    skills.set(row.name, skill);
    const { versionId, version, state, tagName, tagOid, commitOid } = row;
    if (
      versionId !== null &&
      version !== null &&
      state !== null &&
      tagName !== null &&
      tagOid !== null &&
      commitOid !== null
    ) {
      skill.versions.push({ id: versionId, version, state, tagName, tagOid, commitOid });
    }
  }
  return skills;
}

export type VersionContent = {
  readonly name: string;
  readonly allowedTools: readonly string[];
  readonly files: readonly FileFact[];
};

/** Name, tools and file list of some versions, for comparing a new version with the one before. */
export async function loadContents(
  db: Db | Tx,
  versionIds: readonly string[],
): Promise<Map<string, VersionContent>> {
  if (versionIds.length === 0) return new Map();
  const ids = [...versionIds];
  const versions = await db
    .selectFrom("skill_versions")
    .where("id", "in", ids)
    .select(["id", "frontmatter"])
    .execute();
  const files = await db
    .selectFrom("skill_files")
    .where("version_id", "in", ids)
    .select(["version_id as versionId", "path", "mode", "size_bytes as sizeBytes", "sha256"])
    .execute();
  const byVersion = Map.groupBy(files, (file) => file.versionId);
  return new Map(
    versions.map((row) => [row.id, contentOf(row.frontmatter, byVersion.get(row.id) ?? [])]),
  );
}

function contentOf(
  frontmatter: Readonly<Record<string, unknown>>,
  files: readonly FileFact[],
): VersionContent {
  return {
    name: String(frontmatter["name"] ?? ""),
    allowedTools: readAllowedTools(frontmatter["allowed-tools"]),
    files,
  };
}

/** Ids of teams by slug. */
export async function listTeamIds(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom("teams").select(["id", "slug"]).execute();
  return new Map(rows.map((row) => [row.slug, row.id]));
}

/** Whether nothing was ever sighted, accepted or logged here. */
export async function hasNoTags(db: Db): Promise<boolean> {
  const [tag, entry] = await Promise.all([
    db.selectFrom("tags").select("id").limit(1).executeTakeFirst(),
    db.selectFrom("log_entries").select("id").limit(1).executeTakeFirst(),
  ]);
  return tag === undefined && entry === undefined;
}

/** Who may read a skill, private ones included: its team, its visibility, and whether it is the demo's. */
export async function findSkillAccess(
  db: Db,
  team: string,
  name: string,
): Promise<{ teamId: string; visibility: Visibility; isDemo: boolean } | undefined> {
  return db
    .selectFrom("skills as k")
    .innerJoin("teams as t", "t.id", "k.team_id")
    .innerJoin("sources as s", "s.id", "k.source_id")
    .where("t.slug", "=", team)
    .where("k.name", "=", name)
    .select(["k.team_id as teamId", "k.visibility", "s.is_demo as isDemo"])
    .executeTakeFirst();
}
