import { answerAsk, putOffAsk, type HostAsk } from "@assay/registry/publish";
import { repoOf, type Repo } from "./addresses.ts";
import { statusOf, type Octokit } from "./connect.ts";
import { tryOn } from "./on-repo.ts";
import type { Retry } from "./plan-retry.ts";
import type { ReportDeps } from "./reporting.ts";

/** GitHub's own, from the one that may push upwards; a role of the organisation's making counts by what it builds on. */
const MAY_ASK: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

/** Asks GitHub whether somebody may have what they asked for, and has it carried out, or notes why not. */
export async function lookIntoAsk(deps: ReportDeps, ask: HostAsk): Promise<Retry | undefined> {
  const { db, clock, addresses, allowAsk } = deps;
  const repo = repoOf(ask.sourceUrl, addresses);
  const refuse = (answer: string) =>
    answerAsk(db, ask.id, { state: "refused", answer, at: clock.now() });
  if (repo === undefined) {
    await refuse("The source does not live on this GitHub any more.");
    return undefined;
  }
  const what = `what ${ask.login} asked for`;
  const retry = await tryOn(deps, repo, { what, attempts: ask.attempts }, async (octokit) => {
    const role = await findRole(octokit, repo, ask);
    if (role !== undefined && MAY_ASK.has(role)) await allowAsk(ask.id, `GitHub says: ${role}.`);
    else await refuse(`It takes the right to write there; GitHub says: ${role ?? "none"}.`);
  });
  if (retry !== undefined) await putOffAsk(db, ask, new Date(clock.now().getTime() + retry.waitMs));
  return retry;
}

/** The role of a person on a repo; undefined where they have none, or the name is another's by now. */
async function findRole(octokit: Octokit, repo: Repo, ask: HostAsk): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      owner: repo.owner,
      repo: repo.name,
      username: ask.login,
    });
    if (data.user?.id !== ask.loginId) return undefined;
    // `permission` has no maintain and no roles of an organisation: it says what such a role comes to.
    return MAY_ASK.has(data.role_name) ? data.role_name : data.permission;
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
}
