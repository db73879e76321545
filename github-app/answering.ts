import { answerAsk, putOffAsk, type HostAsk } from "@assay/registry/publish";
import { repoOf } from "./addresses.ts";
import { tryOn } from "./on-repo.ts";
import type { Retry } from "./plan-retry.ts";
import type { ReportDeps } from "./reporting.ts";
import { findRole, mayWrite } from "./roles.ts";

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
    if (mayWrite(role)) await allowAsk(ask.id, `GitHub says: ${role}.`);
    else await refuse(`It takes the right to write there; GitHub says: ${role ?? "none"}.`);
  });
  if (retry !== undefined) await putOffAsk(db, ask, new Date(clock.now().getTime() + retry.waitMs));
  return retry;
}
