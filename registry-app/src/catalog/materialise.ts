import type { PublicFiles } from "../blobs/index.ts";
import { withLock, type Db } from "../db/index.ts";
import { newestFirst, toSkill, toVersion } from "./read-skills.ts";
import type { Skill, Version } from "./schemas.ts";
import {
  findPublicSkillById,
  findSkillFiles,
  findSkillIdOfVersion,
  findVersion,
  listChecks,
  listFiles,
  listVersions,
} from "./store/skills.ts";

/** A file for the public files, which answer with Postgres down. */
export type Rendered = { readonly path: string; readonly bytes: Buffer };

/** Where the JSON of a public skill lies among the public files. */
export function skillJsonPath(team: string, name: string): string {
  return `api/v1/skills/${team}/${name}/skill.json`;
}

/** Where the JSON of one version of a public skill lies among the public files. */
export function versionJsonPath(team: string, name: string, version: string): string {
  return `api/v1/skills/${team}/${name}/versions/${version}.json`;
}

/** Where what proves a version of a public skill lies. In a folder of its own: a version may be named as another's file is. */
export function evidencePath(team: string, name: string, version: string): string {
  return `api/v1/skills/${team}/${name}/evidence/${version}.json`;
}

export type MaterialiseDeps = {
  readonly db: Db;
  readonly publicFiles: PublicFiles;
  /** What proves a version, as it is sent; undefined when there is nothing to prove. */
  readonly evidenceOf: (versionId: string) => Promise<Buffer | undefined>;
};

/** The JSON of a skill as its file; undefined for one that is not public or has no version to show: neither is a file. */
export async function renderSkillJson(db: Db, skillId: string): Promise<Rendered | undefined> {
  const skill = await findPublicSkillById(db, skillId);
  if (skill === undefined) return undefined;
  const versions = newestFirst(await listVersions(db, skill.id));
  if (versions.length === 0) return undefined;
  return {
    path: skillJsonPath(skill.team, skill.name),
    bytes: toBytes(toSkill(skill, versions)),
  };
}

/** The JSON of a version as its file; undefined when its skill is not public or the version is not to be shown. */
export async function renderVersionJson(db: Db, versionId: string): Promise<Rendered | undefined> {
  const id = await findSkillIdOfVersion(db, versionId);
  return id && (await renderVersionJsonOf(db, id.skillId, id.version))?.json;
}

async function renderVersionJsonOf(
  db: Db,
  skillId: string,
  version: string,
): Promise<{ readonly id: string; readonly json: Rendered; readonly proof: string } | undefined> {
  const skill = await findPublicSkillById(db, skillId);
  const row = skill && (await findVersion(db, skillId, version));
  if (skill === undefined || row === undefined) return undefined;
  const json = toVersion(row, await listChecks(db, row.id), await listFiles(db, row.id));
  const path = versionJsonPath(skill.team, skill.name, row.version);
  const proof = evidencePath(skill.team, skill.name, row.version);
  return { id: row.id, json: { path, bytes: toBytes(json) }, proof };
}

/** Writes the JSON of a skill and of one of its versions, with its proof, to the public files; for a private skill, nothing. */
export async function materialise(
  deps: MaterialiseDeps,
  skillId: string,
  versionId: string,
): Promise<void> {
  const id = await findSkillIdOfVersion(deps.db, versionId);
  const version = id && (await renderVersionJsonOf(deps.db, id.skillId, id.version));
  if (version !== undefined) await writeVersion(deps, version);
  const skill = await renderSkillJson(deps.db, skillId);
  if (skill !== undefined) await deps.publicFiles.write(skill.path, skill.bytes);
}

/** Writes the JSON of a public skill anew, in turn with releases of the same skill, which hold the same lock. */
export async function refreshSkillJson(
  deps: { readonly db: Db; readonly publicFiles: PublicFiles },
  skillId: string,
): Promise<void> {
  await withLock(deps.db, `skill:${skillId}`, async () => {
    const skill = await renderSkillJson(deps.db, skillId);
    if (skill !== undefined) await deps.publicFiles.write(skill.path, skill.bytes);
  });
}

/**
 * Makes the public files of a skill say what may be seen of it now: all of them for a public skill, none for a private
 * one. In turn with releases of the same skill.
 */
export async function alignPublicFiles(deps: MaterialiseDeps, skillId: string): Promise<void> {
  await withLock(deps.db, `skill:${skillId}`, async () => {
    const files = await findSkillFiles(deps.db, skillId);
    if (files === undefined) return;
    const skill = await renderSkillJson(deps.db, skillId);
    if (skill === undefined) await deps.publicFiles.remove(skillJsonPath(files.team, files.name));
    for (const number of files.versions) {
      const version = skill && (await renderVersionJsonOf(deps.db, skillId, number));
      if (version !== undefined) await writeVersion(deps, version);
      else
        for (const pathOf of [evidencePath, versionJsonPath])
          await deps.publicFiles.remove(pathOf(files.team, files.name, number));
    }
    if (skill !== undefined) await deps.publicFiles.write(skill.path, skill.bytes);
  });
}

/**
 * The public files of a version and of its skill that do not say what they should, missing ones among them. In turn with
 * releases of the same skill.
 */
export async function listDamagedFiles(
  deps: MaterialiseDeps,
  versionId: string,
): Promise<string[]> {
  const id = await findSkillIdOfVersion(deps.db, versionId);
  if (id === undefined) return [];
  return withLock(deps.db, `skill:${id.skillId}`, async () => {
    const version = await renderVersionJsonOf(deps.db, id.skillId, id.version);
    if (version === undefined) return [];
    const evidence = await deps.evidenceOf(version.id);
    const wanted = [
      version.json,
      ...(evidence === undefined ? [] : [{ path: version.proof, bytes: evidence }]),
      await renderSkillJson(deps.db, id.skillId),
    ].filter((file) => file !== undefined);
    const damaged: string[] = [];
    for (const { path, bytes } of wanted)
      if (withoutCount(await deps.publicFiles.read(path)) !== withoutCount(bytes))
        damaged.push(path);
    return damaged;
  });
}

/** Downloads are counted a moment before the file tells of them. Within a text of JSON no quote stands bare. */
const withoutCount = (bytes: Buffer | undefined) =>
  bytes?.toString("latin1").replace(/"downloads":\d+/, "");

/** The proof first: who reads that a version is there finds what proves it. */
async function writeVersion(
  { publicFiles, evidenceOf }: MaterialiseDeps,
  version: NonNullable<Awaited<ReturnType<typeof renderVersionJsonOf>>>,
): Promise<void> {
  const evidence = await evidenceOf(version.id);
  if (evidence === undefined) await publicFiles.remove(version.proof);
  else await publicFiles.write(version.proof, evidence);
  await publicFiles.write(version.json.path, version.json.bytes);
}

function toBytes(json: Skill | Version): Buffer {
  return Buffer.from(JSON.stringify(json), "utf8");
}
