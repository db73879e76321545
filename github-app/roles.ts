import type { Repo } from "./addresses.ts";
import { statusOf, type Octokit } from "./connect.ts";

/** GitHub's own, from the one that may push upwards; a role of the organisation's making counts by what it builds on. */
const MAY_WRITE: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

export const mayWrite = (role: string | undefined): boolean =>
  role !== undefined && MAY_WRITE.has(role);

/** The role of a person on a repo; undefined where they have none, or the name is another's by now. */
export async function findRole(
  octokit: Octokit,
  repo: Repo,
  { login, loginId }: { readonly login: string; readonly loginId: number },
): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      owner: repo.owner,
      repo: repo.name,
      username: login,
    });
    if (data.user?.id !== loginId) return undefined;
    // `permission` has no maintain and no roles of an organisation: it says what such a role comes to.
    return MAY_WRITE.has(data.role_name) ? data.role_name : data.permission;
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
}
