import { putHostRelease, putUnreleased, type HostReleaseFacts } from "@assay/registry/publish";
import { repoOf } from "./addresses.ts";
import { describeRelease } from "./describe-release.ts";
import { tryOn } from "./on-repo.ts";
import { absent, type Retry } from "./plan-retry.ts";
import type { ReportDeps } from "./reporting.ts";
import { sendRelease } from "./send-release.ts";

/** Makes GitHub's release of a version say what is recorded of it; what to do when that failed. */
export async function tellRelease(
  deps: ReportDeps,
  facts: HostReleaseFacts,
): Promise<Retry | undefined> {
  const { db, clock, addresses, publicUrl } = deps;
  const repo = repoOf(facts.sourceUrl, addresses);
  if (repo === undefined) return undefined;
  const what = `the release of ${facts.tag}`;
  let isMoved = false;
  const failed = await tryOn(deps, repo, { what, attempts: facts.attempts }, async (octokit) => {
    const sent = await sendRelease(octokit, repo, describeRelease(facts, publicUrl()), facts);
    if (sent.kind === "sent") {
      const { externalId } = sent;
      await putHostRelease(db, facts, { externalId, at: clock.now() });
    } else isMoved = true;
  });
  const retry = isMoved ? absent("The tag there is not the object that was published.") : failed;
  if (retry === undefined) return undefined;
  const { problem, waitMs } = retry;
  const at = clock.now();
  const notBefore = new Date(at.getTime() + waitMs);
  await putUnreleased(db, facts, { problem, notBefore, at });
  return retry;
}
