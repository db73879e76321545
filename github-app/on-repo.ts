import type { Clock, Log } from "@assay/registry/runtime";
import type { Repo } from "./addresses.ts";
import type { Github, Octokit } from "./connect.ts";
import { absent, planRetry, type Retry } from "./plan-retry.ts";

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
    const octokit = await github.on(repo);
    if (octokit === undefined) return absent("The App is not installed on this repo.");
    await run(octokit);
    return undefined;
  } catch (cause) {
    const retry = planRetry(cause, attempts, clock.now().getTime());
    log.warn(
      { what, repo: `${repo.owner}/${repo.name}`, problem: retry.problem },
      "GitHub was not told",
    );
    return retry;
  }
}
