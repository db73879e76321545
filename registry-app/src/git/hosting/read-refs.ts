import { gitOutput } from "../git-command.ts";

const MOST_PATTERNS = 200;

/** What the named refs are on disk now; absent ones are left out. Names may be any that git takes. */
export async function readRefs(
  repoDir: string,
  refs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const patterns = refs.length <= MOST_PATTERNS ? refs : ["refs/heads", "refs/tags"];
  const args = ["for-each-ref", "--format=%(objectname) %(refname)", "--", ...patterns];
  const output = await gitOutput({ gitDir: repoDir, args });
  const wanted = new Set(refs);
  const found = new Map<string, string>();
  for (const line of output.toString("utf8").split("\n")) {
    const at = line.indexOf(" ");
    const ref = line.slice(at + 1);
    if (at > 0 && wanted.has(ref)) found.set(ref, line.slice(0, at));
  }
  return found;
}
