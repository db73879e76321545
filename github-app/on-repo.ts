import type { Clock, Log } from "@assay/registry/runtime";
import type { Repo } from "./addresses.ts";
import type { Github, Octokit } from "./connect.ts";
import { absent, isTurnedAway, planRetry, type Retry } from "./plan-retry.ts";

/** Does something with the App's rights on a repo; what to do when that failed, undefined when it did not. */
export async function tryOn(
  {
    github,
    clock,
    log,
  }: { readonly github: Github; readonly clock: Pick<Clock, "now">; readonly log: Log },
  repo: Repo,
  { what, attempts }: { readonly what: string; readonly attempts: number },
  run: (octokit: Octokit) => Promise<void>,
): Promise<Retry | undefined> {
  try {
    const wasRun = await runAnew(github, repo, run);
    return wasRun ? undefined : absent("The App is not installed on this repo.");
  } catch (cause) {
    const retry = planRetry(cause, attempts, clock.now().getTime());
    log.warn(
      { what, repo: `${repo.owner}/${repo.name}`, problem: retry.problem },
      "GitHub was not told",
    );
    return retry;
  }
}

/** False where the App is not installed. What GitHub turns away is tried once more, with nothing that was remembered. */
async function runAnew(
  github: Github,
  repo: Repo,
  run: (octokit: Octokit) => Promise<void>,
): Promise<boolean> {
  const once = async () => {
    const octokit = await github.on(repo);
    if (octokit === undefined) return false;
    await run(octokit);
    return true;
  };
  try {
    return await once();
  } catch (cause) {
    if (!isTurnedAway(cause) || !github.forget(repo)) throw cause;
    return once();
  }
}
