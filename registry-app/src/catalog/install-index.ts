import type { Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import { findArchive } from "./read-skills.ts";
import type { Version } from "./schemas.ts";
import { listInstallable } from "./store/skills.ts";

/** One version that stock clients may install, whatever index it is found through. */
export type Installable = {
  readonly team: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly digest: string;
  /** Of the tar.gz. */
  readonly archiveSha256: string;
};

/** Discovery 0.2.0: the skill as an archive with the digest of its bytes. */
export type AgentSkillsIndex = {
  readonly $schema: string;
  readonly skills: readonly {
    readonly name: string;
    readonly type: "archive";
    readonly description: string;
    readonly url: string;
    readonly digest: string;
    readonly team: string;
    readonly version: string;
  }[];
};

/** Discovery 0.1.0: the skill as a list of files below the index. */
export type SkillsIndex = {
  readonly skills: readonly {
    readonly name: string;
    readonly description: string;
    readonly files: readonly string[];
  }[];
};

const SCHEMA = "https://schemas.agentskills.io/discovery/0.2.0/schema.json";
const MAX_ENTRIES = 2_000;
// Clients drop a whole index, or the entry, when a description is longer.
const MAX_DESCRIPTION_LENGTH = 1024;

/** What of one version an index tells; undefined when the version may not be downloaded. */
export function installableOf(
  skill: { readonly team: string; readonly name: string; readonly description: string },
  version: Version,
): Installable | undefined {
  const archive = findArchive(version, "tar.gz");
  if (archive === undefined) return undefined;
  const { team, name, description } = skill;
  return {
    team,
    name,
    description,
    version: version.version,
    digest: version.digest,
    archiveSha256: archive.sha256,
  };
}

/**
 * The latest version of every skill of a team, or of all teams. Names are flat in an index: of two teams with an
 * equal name the longer published one is listed, so that nobody takes over a name that is already installed from here.
 */
export async function listLatest(db: Db, viewer: Viewer, team?: string): Promise<Installable[]> {
  return listInstallable(db, viewer, team, MAX_ENTRIES);
}

/** The 0.2.0 index of these versions. */
export function agentSkillsIndex(versions: readonly Installable[]): AgentSkillsIndex {
  const skills = versions.map(({ team, name, description, version, archiveSha256 }) => ({
    name,
    type: "archive" as const,
    description: description.slice(0, MAX_DESCRIPTION_LENGTH),
    url: archiveHref(team, name, version, "tar.gz"),
    digest: `sha256:${archiveSha256}`,
    team,
    version,
  }));
  return { $schema: SCHEMA, skills };
}

/** The 0.1.0 index of one version. */
export function skillsIndex(installable: Installable, version: Version): SkillsIndex {
  const { name, description } = installable;
  const files = version.files.map(({ path }) => path);
  return { skills: [{ name, description: description.slice(0, MAX_DESCRIPTION_LENGTH), files }] };
}

/** The path of an archive in the API. */
export function archiveHref(team: string, name: string, version: string, format: string): string {
  const parts = [team, name, "versions", version].map(encodeURIComponent);
  return `/api/v1/skills/${parts.join("/")}/archive.${format}`;
}
