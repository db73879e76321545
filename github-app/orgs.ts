import { z } from "zod";
import {
  applyGithubMembers,
  noteGithubFailure,
  type GithubMember,
  type GithubTeam,
} from "@assay/registry/people";
import { statusOf, type Octokit } from "./connect.ts";
import { absent, planRetry, type Retry } from "./plan-retry.ts";
import type { ReportDeps } from "./reporting.ts";
import { person } from "./shapes.ts";

const PER_PAGE = 100;
/** 5,000 people: a list that goes on is not read in part, since who is missing would lose their rights. */
const MAX_PAGES = 50;

/** Makes what is known of one team say who is in it on GitHub; undefined when the whole list was read. */
export async function lookAtTeam(deps: ReportDeps, team: GithubTeam): Promise<Retry | undefined> {
  const { db, clock, log, github } = deps;
  const failed = async (retry: Retry) => {
    await noteGithubFailure(deps, db, team, retry);
    log.warn(
      { team: team.team, problem: retry.problem },
      "who is in a team on GitHub is not known",
    );
    return retry;
  };
  try {
    const octokit = await github.onOrg(team.org);
    if (octokit === undefined)
      return await failed(absent("The App is not installed on this organisation."));
    const admins = await listMembers(octokit, team, "maintainer");
    const members = await listMembers(octokit, team, "member");
    if (admins === undefined || members === undefined)
      return await failed(absent("The team is larger than what is read of one."));
    const looked = await applyGithubMembers(deps, db, team, oncePerPerson([...admins, ...members]));
    if (looked.kind === "waits")
      log.warn({ team: team.team }, "many would leave a team at once: somebody has to look");
    return undefined;
  } catch (cause) {
    if (statusOf(cause) === 404)
      return failed(absent("There is no such team on GitHub, or it is hidden from the App."));
    return failed(planRetry(cause, 0, clock.now().getTime()));
  }
}

async function listMembers(
  octokit: Octokit,
  { org, slug }: GithubTeam,
  role: "maintainer" | "member",
): Promise<readonly GithubMember[] | undefined> {
  const found: GithubMember[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { data } = await octokit.rest.teams.listMembersInOrg({
      org,
      team_slug: slug,
      role,
      per_page: PER_PAGE,
      page,
    });
    // A line that cannot be read would be somebody who loses their rights: then nothing of it is believed.
    for (const { id, login } of z.array(person).parse(data))
      found.push({ id: String(id), login, role: role === "maintainer" ? "admin" : "member" });
    if (data.length < PER_PAGE) return found;
  }
  return undefined;
}

/** Whose role changes while the two lists are read stands in both: the first, which is the higher, counts until the next look. */
function oncePerPerson(members: readonly GithubMember[]): readonly GithubMember[] {
  return [...Map.groupBy(members, ({ id }) => id).values()].flatMap(([first]) => first ?? []);
}

const TELLING: ReadonlySet<string> = new Set([
  "membership",
  "team",
  "team_add",
  "member",
  "organization",
  "installation",
]);
const payload = z.object({
  organization: z.object({ login: z.string().max(100) }).optional(),
  installation: z
    .object({ account: z.object({ login: z.string().max(100) }).optional() })
    .optional(),
});

/** The organisation whose teams a webhook gives reason to look at. */
export function toHintedOrg(event: string, body: Uint8Array): string | undefined {
  if (!TELLING.has(event)) return undefined;
  try {
    const read = payload.parse(JSON.parse(Buffer.from(body).toString("utf8")));
    return read.organization?.login ?? read.installation?.account?.login;
  } catch {
    return undefined;
  }
}
