import { listUnreported, putReported, putUnreported, type TagFacts } from "@assay/registry/publish";
import type { Clock, Log } from "@assay/registry/runtime";
import { listSources } from "@assay/registry/sources";
import { repoOf, type Addresses } from "./addresses.ts";
import type { Github } from "./connect.ts";
import { describeTag } from "./describe-tag.ts";
import { absent, planRetry, type Retry } from "./plan-retry.ts";
import { sendReport } from "./send-report.ts";

export type ReportDeps = {
  readonly db: Parameters<typeof listUnreported>[0];
  readonly clock: Clock;
  readonly log: Log;
  readonly github: Github;
  readonly addresses: Addresses;
  publicUrl(): string;
  /** Runs it alone, where other processes report too. */
  readonly alone: (run: () => Promise<void>) => Promise<void>;
};
export type Reporting = { stop(): Promise<void> };

const EVERY_MS = 2_000;
/** Tags told of in one look: GitHub's limit on writes is 80 a minute. */
const AT_ONCE = 20;

/** Keeps what GitHub shows of tags in line with what is recorded of them, until `stop`. */
export function startReporting(deps: ReportDeps): Reporting {
  const state = { pausedUntilMs: 0 };
  let running: Promise<void> | undefined;
  const look = () => {
    running ??= deps
      .alone(() => reportOnce(deps, state))
      .catch((cause: unknown) => deps.log.warn({ cause }, "reporting to GitHub failed"))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(look, EVERY_MS);
  look();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

async function reportOnce(deps: ReportDeps, state: { pausedUntilMs: number }): Promise<void> {
  const { db, clock, addresses } = deps;
  if (clock.now().getTime() < state.pausedUntilMs) return;
  const sources = await listSources(db);
  const here = sources.filter(({ url }) => url !== null && repoOf(url, addresses) !== undefined);
  const sourceIds = here.map(({ id }) => id);
  if (sourceIds.length === 0) return;
  for (const facts of await listUnreported(db, { sourceIds, now: clock.now(), limit: AT_ONCE })) {
    const retry = await reportTag(deps, facts);
    if (retry?.isPause !== true) continue;
    state.pausedUntilMs = clock.now().getTime() + retry.waitMs;
    return;
  }
}

/** Undefined when it was told, or there is nothing to tell it on. */
async function reportTag(deps: ReportDeps, facts: TagFacts): Promise<Retry | undefined> {
  const { db, clock, log, github, addresses } = deps;
  const repo = repoOf(facts.sourceUrl, addresses);
  const run = describeTag(facts, deps.publicUrl());
  if (repo === undefined || run === undefined) {
    await putReported(db, facts, { externalId: "", at: clock.now() });
    return undefined;
  }
  try {
    const octokit = await github.on(repo);
    if (octokit === undefined)
      return await putOff(deps, facts, absent("The App is not installed on this repo."));
    const externalId = await sendReport(octokit, repo, run, facts.externalId || null);
    await putReported(db, facts, { externalId, at: clock.now() });
    return undefined;
  } catch (cause) {
    const retry = planRetry(cause, facts.attempts, clock.now().getTime());
    log.warn(
      { tag: facts.tag, source: facts.source, problem: retry.problem },
      "a check was not told",
    );
    return putOff(deps, facts, retry);
  }
}

async function putOff({ db, clock }: ReportDeps, facts: TagFacts, retry: Retry): Promise<Retry> {
  const at = clock.now();
  const notBefore = new Date(at.getTime() + retry.waitMs);
  await putUnreported(db, facts, { problem: retry.problem, notBefore, at });
  return retry;
}
