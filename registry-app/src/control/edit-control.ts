import { stringify } from "yaml";
import { refuseExisting, refuseSlug, refuseUnknownTeam, teamPath, withFile } from "./edits.ts";
import type { ControlFiles, YankLaw } from "./types.ts";

export type NewTeam = {
  readonly slug: string;
  readonly name: string;
  readonly signers?: readonly string[];
};
export type NewSource = {
  readonly slug: string;
  readonly team: string;
  /** Left out: hosted by Assay. */
  readonly url?: string;
  readonly visibility?: "public" | "private";
  readonly branch?: string;
  readonly isDemo?: boolean;
};

/** The files with a new team; throws `Refusal` when the slug is taken or none. */
export function addTeam(files: ControlFiles, team: NewTeam): ControlFiles {
  refuseSlug(team.slug);
  const path = teamPath(team.slug);
  refuseExisting(files, path, `Team ${team.slug}`);
  return withFile(files, path, stringify({ name: team.name, signers: team.signers ?? [] }));
}

/** The files with a new source, private and on `main` unless said otherwise; throws `Refusal` when the slug is taken or the team is not there. */
export function addSource(files: ControlFiles, source: NewSource): ControlFiles {
  refuseSlug(source.slug);
  refuseUnknownTeam(files, source.team);
  const path = `sources/${source.slug}.yaml`;
  refuseExisting(files, path, `Source ${source.slug}`);
  const law = {
    team: source.team,
    ...(source.url === undefined ? { hosted: true } : { url: source.url }),
    visibility: source.visibility ?? "private",
    branch: source.branch ?? "main",
    ...(source.isDemo ? { demo: true } : {}),
  };
  return withFile(files, path, stringify(law));
}

/** The files with one more yank; throws `Refusal` when that version is yanked already. */
export function addYank(files: ControlFiles, { skill, version, reason }: YankLaw): ControlFiles {
  const [team = "", name = ""] = skill.split("/");
  refuseSlug(team);
  refuseSlug(name);
  const path = `yanks/${team}--${name}--v${version}.yaml`;
  refuseExisting(files, path, `The yank of ${skill}@${version}`);
  return withFile(files, path, stringify({ skill, version, reason }));
}
