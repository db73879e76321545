import { isDeepStrictEqual } from "node:util";
import {
  evidencePath,
  skillDetail,
  skillJsonPath,
  tagDetail,
  versionDetail,
  versionJsonPath,
} from "../../src/catalog/index.ts";
import type { LoggedFact } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";

/** One field in which two registries answer differently; null where one has none. */
export type Difference = {
  readonly of: string;
  readonly field: string;
  readonly live: unknown;
  readonly rebuilt: unknown;
};

export type Comparison = {
  readonly skills: number;
  readonly versions: number;
  readonly tags: number;
  readonly archives: number;
  readonly differences: readonly Difference[];
};

const EVERYTHING = { kind: "everything" } as const;
/** Not in git, and not meant to be: downloads are counted, drift is what the next sync sees. */
const VOLATILE = new Set(["downloads", "drift"]);

/** Holds what two registries answer against each other, for everything that the log speaks of. */
export async function compareRegistries(
  live: Core,
  rebuilt: Core,
  facts: readonly LoggedFact[],
): Promise<Comparison> {
  const accepted = facts.flatMap((fact) => (fact.kind === "accepted" ? [fact.coordinate] : []));
  const skills = [...new Set(accepted.map((coordinate) => coordinate.split("@")[0] ?? ""))];
  const tags = Map.groupBy(
    facts.flatMap((fact) => ("imported" in fact ? [fact] : [])),
    (fact) => JSON.stringify([fact.source, fact.tag]),
  );
  const differences: Difference[] = [];
  const hold = (of: string, one: unknown, other: unknown) =>
    differences.push(...listDifferences(of, "", one, other));
  for (const skill of skills) {
    const [team = "", name = ""] = skill.split("/");
    const ask = (core: Core) => skillDetail(core.db, EVERYTHING, team, name);
    hold(skill, await ask(live), await ask(rebuilt));
    const path = skillJsonPath(team, name);
    hold(`file ${path}`, await readJson(live, path), await readJson(rebuilt, path));
  }
  let archives = 0;
  for (const coordinate of accepted) {
    const [, team = "", name = "", version = ""] = /^([^/]+)\/([^@]+)@(.+)$/.exec(coordinate) ?? [];
    const ask = (core: Core) => versionDetail(core.db, EVERYTHING, team, name, version);
    const [one, other] = [await ask(live), await ask(rebuilt)];
    hold(coordinate, one, other);
    for (const pathOf of [versionJsonPath, evidencePath]) {
      const path = pathOf(team, name, version);
      hold(`file ${path}`, await readJson(live, path), await readJson(rebuilt, path));
    }
    for (const { format, sha256 } of one?.archives ?? []) {
      archives += 1;
      const [is, was] = [await rebuilt.blobs.has(sha256), await live.blobs.has(sha256)];
      hold(`${coordinate} ${format}`, was ? sha256 : null, is ? sha256 : null);
    }
  }
  for (const [key, sightings] of tags) {
    const [source, tag] = JSON.parse(key) as [string, string];
    const oids = new Set(sightings.map(({ tagOid }) => tagOid));
    const ask = (core: Core) => findLoggedTag(core, source, tag, oids);
    hold(`tag ${source} ${tag}`, await ask(live), await ask(rebuilt));
  }
  const counted = { skills: skills.length, versions: accepted.length, tags: tags.size, archives };
  return { ...counted, differences };
}

/** Pushes that a hosted source refused have their place on a tag's page, and none in git or in the log. */
async function findLoggedTag(
  { db }: Core,
  source: string,
  tag: string,
  oids: ReadonlySet<string>,
): Promise<unknown> {
  const found = await tagDetail(db, EVERYTHING, source, tag);
  if (found === undefined) return null;
  const sightings = found.sightings.filter(({ oid }) => oids.has(oid));
  return oids.has(found.oid) ? { ...found, sightings } : { sightings };
}

async function readJson({ publicFiles }: Core, path: string): Promise<unknown> {
  const bytes = await publicFiles.read(path);
  return bytes === undefined ? null : (JSON.parse(bytes.toString("utf8")) as unknown);
}

/** The smallest parts that differ, by their path. */
function listDifferences(
  of: string,
  field: string,
  live: unknown,
  rebuilt: unknown,
): readonly Difference[] {
  if (isDeepStrictEqual(live, rebuilt)) return [];
  if (!isTree(live) || !isTree(rebuilt) || Array.isArray(live) !== Array.isArray(rebuilt))
    return [{ of, field, live: live ?? null, rebuilt: rebuilt ?? null }];
  const keys = new Set(
    [...Object.keys(live), ...Object.keys(rebuilt)].filter((key) => !VOLATILE.has(key)),
  );
  return [...keys].flatMap((key) =>
    listDifferences(of, field === "" ? key : `${field}.${key}`, live[key], rebuilt[key]),
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
