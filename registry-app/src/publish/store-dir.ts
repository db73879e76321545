import { join } from "node:path";

/** Where the published versions of a skill lie: the repo that consumers clone. */
export function storeDir(gitHome: string, team: string, skill: string): string {
  return join(gitHome, "published", team, `${skill}.git`);
}
