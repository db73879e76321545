import type { FastifyRequest } from "fastify";
import {
  evidencePath,
  findVersionId,
  skillDetail,
  skillJsonPath,
  skillSchema,
  versionDetail,
  versionJsonPath,
  versionSchema,
  type Skill,
  type Version,
} from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { CHECKPOINT_PATH } from "../publish/index.ts";
import { Refusal } from "../runtime/index.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";

/** JSON as it is sent, and whether everybody may see it. */
export type Found = { readonly bytes: Buffer; readonly isPublic: boolean };

/**
 * A skill's JSON. What release wrote for everybody answers first and alone, so that reading public skills needs no
 * database; only what is not among the public files is looked up, as the one who asks may see it.
 */
export async function getSkillJson(
  deps: ServerDeps,
  request: FastifyRequest,
  { team, name }: { readonly team: string; readonly name: string },
): Promise<Found> {
  const bytes = await deps.publicFiles.read(skillJsonPath(team, name));
  if (bytes !== undefined) return { bytes, isPublic: true };
  const viewer = viewerOf(await actorOf(deps, request));
  const skill = await withinDeadline(skillDetail(deps.db, viewer, team, name));
  return toFound(skill, `There is no skill ${team}/${name}.`);
}

/** A version's JSON, found as a skill's is. */
export async function getVersionJson(
  deps: ServerDeps,
  request: FastifyRequest,
  wanted: { readonly team: string; readonly name: string; readonly version: string },
): Promise<Found> {
  const { team, name, version } = wanted;
  const bytes = await deps.publicFiles.read(versionJsonPath(team, name, version));
  if (bytes !== undefined) return { bytes, isPublic: true };
  const viewer = viewerOf(await actorOf(deps, request));
  const found = await withinDeadline(versionDetail(deps.db, viewer, team, name, version));
  return toFound(found, `There is no version ${version} of ${team}/${name}.`);
}

/** What proves a version, found as its JSON is. */
export async function getEvidence(
  deps: ServerDeps,
  request: FastifyRequest,
  wanted: { readonly team: string; readonly name: string; readonly version: string },
): Promise<Found> {
  const { team, name, version } = wanted;
  const file = await deps.publicFiles.read(evidencePath(team, name, version));
  if (file !== undefined) return { bytes: file, isPublic: true };
  const viewer = viewerOf(await actorOf(deps, request));
  const id = await withinDeadline(findVersionId(deps.db, viewer, wanted));
  const bytes = id && (await withinDeadline(deps.evidenceOf(id)));
  if (bytes) return { bytes, isPublic: false };
  throw new Refusal(
    "not-found",
    id === undefined
      ? `There is no version ${version} of ${team}/${name}.`
      : `Nothing proves version ${version} of ${team}/${name}: it was not released, or its lines are not in the registry log yet.`,
  );
}

/** The newest signed word on how long the registry log is. */
export async function getCheckpoint(deps: ServerDeps): Promise<Buffer> {
  const bytes = await deps.publicFiles.read(CHECKPOINT_PATH);
  if (bytes !== undefined) return bytes;
  throw new Refusal(
    "not-found",
    "The registry log has no checkpoint yet.",
    "It gets one with its next line.",
  );
}

export function toSkill({ bytes }: Found): Skill {
  return skillSchema.parse(JSON.parse(bytes.toString("utf8")));
}

export function toVersion({ bytes }: Found): Version {
  return versionSchema.parse(JSON.parse(bytes.toString("utf8")));
}

function toFound(json: Skill | Version | undefined, absent: string): Found {
  if (json === undefined) throw new Refusal("not-found", absent);
  return { bytes: Buffer.from(JSON.stringify(json), "utf8"), isPublic: false };
}
