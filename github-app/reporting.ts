import {
  findPullSarif,
  listAsks,
  listOwnersAsked,
  listPullLooks,
  listUnreported,
  listUnreleased,
  listUnreportedPulls,
  putPullLook,
  putPullReported,
  putPulls,
  putPullUnreported,
  putReported,
  putUnreported,
  type PullFacts,
  type TagFacts,
} from "@assay/registry/publish";
import { listDueGithubTeams } from "@assay/registry/people";
import type { Clock, Ids, Log } from "@assay/registry/runtime";
import { listSources, type Source } from "@assay/registry/sources";
import { lookIntoAsk } from "./answering.ts";
import { lookAtOwners } from "./owners.ts";
import { repoOf, type Addresses, type Repo } from "./addresses.ts";
import type { CheckRun } from "./check-run.ts";
import type { Github, Octokit } from "./connect.ts";
import { describePull } from "./describe-pull.ts";
import { describeTag } from "./describe-tag.ts";
import { listPulls } from "./list-pulls.ts";
import { tryOn } from "./on-repo.ts";
import { lookAtTeam } from "./orgs.ts";
import type { Retry } from "./plan-retry.ts";
import { tellRelease } from "./releasing.ts";
import { sendComment, toComment, type PullComment } from "./send-comment.ts";
import { endReport, sendReport } from "./send-report.ts";
import { sendSarif, type SarifUpload } from "./send-sarif.ts";
import { formatTold, parseTold, type Told } from "./told.ts";

type Db = Parameters<typeof listUnreported>[0];

export type ReportDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly github: Github;
  readonly addresses: Addresses;
  publicUrl(): string;
  /** The scan of a version, as SARIF. */
  findSarif(versionId: string): Promise<string | undefined>;
  /** Has something carried out that GitHub said yes to. */
  allowAsk(askId: string, answer: string): Promise<void>;
  /** Asks for something to be made of a pull request. */
  judgePull(sourceId: string, number: number): Promise<void>;
  /** Asks for something to be made of what GitHub said of the code owners of a version. */
  judgeOwners(versionId: string): Promise<void>;
  /** Asks for a version to be decided anew. */
  decide(versionId: string): Promise<void>;
  /** Runs it alone, where other processes report too. */
  readonly alone: (run: () => Promise<void>) => Promise<void>;
};
export type Reporting = {
  stop(): Promise<void>;
  /** When it was last looked what there is to tell, and until when GitHub asked to be left alone. */
  lastLook(): { readonly at: Date; readonly pausedUntil: Date | null } | undefined;
};

/** Something whose checks are to say what is recorded of it. */
type Reportable = {
  /** For the log. */
  readonly what: string;
  readonly url: string;
  readonly runs: readonly CheckRun[];
  readonly told: Told;
  readonly comment: PullComment | null;
  findSarif(): Promise<SarifUpload | null>;
  /** The same as told for what stands on an older commit. */
  readonly superseded: readonly string[];
  readonly attempts: number;
  readonly done: (told: Told) => Promise<void>;
  readonly putOff: (retry: Retry) => Promise<void>;
};

const EVERY_MS = 2_000;
/** Told of in one look: GitHub's limit on writes is 80 a minute. */
const AT_ONCE = 20;
/** Pull requests are listed when a webhook says so, and this often in any case. */
const LIST_EVERY_MS = 300_000;
/** While something is still to be made of one. */
const LIST_AGAIN_MS = 10_000;

/** Keeps what GitHub shows of tags and pull requests in line with what is recorded of them, until `stop`. */
export function startReporting(deps: ReportDeps): Reporting {
  const state: LookState = { pausedUntilMs: 0, lookedAt: undefined };
  let running: Promise<void> | undefined;
  const look = () => {
    running ??= deps
      .alone(() => lookOnce(deps, state))
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
    lastLook() {
      const { lookedAt: at, pausedUntilMs } = state;
      const isPaused = pausedUntilMs > deps.clock.now().getTime();
      return at && { at, pausedUntil: isPaused ? new Date(pausedUntilMs) : null };
    },
  };
}

type LookState = { pausedUntilMs: number; lookedAt: Date | undefined };

async function lookOnce(deps: ReportDeps, state: LookState): Promise<void> {
  const { db, clock, addresses } = deps;
  state.lookedAt = clock.now();
  if (state.lookedAt.getTime() < state.pausedUntilMs) return;
  const here = (await listSources(db)).filter(
    ({ url }) => url !== null && repoOf(url, addresses) !== undefined,
  );
  const sourceIds = here.map(({ id }) => id);
  const wish = { sourceIds, now: clock.now(), limit: AT_ONCE };
  const due = new Set(await listPullLooks(db, wish));
  const steps = [
    ...(await listDueGithubTeams(deps, db)).map((team) => () => lookAtTeam(deps, team)),
    // A person waits for these.
    ...(await listAsks(db, wish)).map((ask) => () => lookIntoAsk(deps, ask)),
    ...(await listOwnersAsked(db, wish)).map((asked) => () => lookAtOwners(deps, asked)),
    ...here.filter(({ id }) => due.has(id)).map((source) => () => lookForPulls(deps, source)),
    ...(await listUnreported(db, wish)).map((facts) => () => report(deps, ofTag(deps, facts))),
    ...(await listUnreportedPulls(db, wish)).map(
      (facts) => () => report(deps, ofPull(deps, facts)),
    ),
    ...(await listUnreleased(db, wish)).map((facts) => () => tellRelease(deps, facts)),
  ];
  for (const step of steps) {
    const retry = await step();
    if (retry?.isPause !== true) continue;
    state.pausedUntilMs = clock.now().getTime() + retry.waitMs;
    return;
  }
}

/** Undefined when they were listed. */
async function lookForPulls(deps: ReportDeps, source: Source): Promise<Retry | undefined> {
  const { db, clock, ids, addresses } = deps;
  const repo = source.url === null ? undefined : repoOf(source.url, addresses);
  if (repo === undefined) return undefined;
  let waitMs = LIST_EVERY_MS;
  const retry = await tryOn(deps, repo, { what: source.slug, attempts: 0 }, async (octokit) => {
    const pulls = await listPulls(octokit, repo);
    const wanted = await putPulls(db, source.id, {
      pulls,
      newId: () => ids.next(),
      at: clock.now(),
    });
    for (const number of wanted) await deps.judgePull(source.id, number);
    if (wanted.length > 0) waitMs = LIST_AGAIN_MS;
  });
  const dueAt = new Date(clock.now().getTime() + (retry?.waitMs ?? waitMs));
  await putPullLook(db, source.id, dueAt);
  return retry;
}

function ofTag(deps: ReportDeps, facts: TagFacts): Reportable {
  const { db, clock, publicUrl } = deps;
  const run = describeTag(facts, publicUrl());
  return {
    what: facts.tag,
    url: facts.sourceUrl,
    runs: run === undefined ? [] : [run],
    told: parseTold((facts.externalId ?? "").split("\n")),
    comment: null,
    findSarif: () => findSarifOfTag(deps, facts),
    superseded: [],
    attempts: facts.attempts,
    done: (told) => putReported(db, facts, { externalId: formatTold(told), at: clock.now() }),
    putOff: ({ problem, waitMs }) => {
      const at = clock.now();
      const notBefore = new Date(at.getTime() + waitMs);
      return putUnreported(db, facts, { problem, notBefore, at });
    },
  };
}

function ofPull({ db, clock, publicUrl }: ReportDeps, facts: PullFacts): Reportable {
  const { headOid } = facts;
  const [lastHead, ...lastTold] = (facts.externalId ?? "").split("\n");
  const told = parseTold(lastTold);
  const comment = told.get(COMMENT);
  const runs = describePull(facts, publicUrl());
  const [summary] = runs;
  return {
    what: `pull request ${facts.number}`,
    url: facts.sourceUrl,
    runs,
    // A new head gets checks of its own; the comment is of the pull request.
    told: lastHead === headOid ? told : new Map(comment === undefined ? [] : [[COMMENT, comment]]),
    // Who changes no skill is not written to.
    comment:
      summary && (comment !== undefined || facts.report?.skills.length !== 0)
        ? toComment(facts.number, summary)
        : null,
    findSarif: async () => {
      const sarif = await findPullSarif(db, facts);
      const ref = `refs/pull/${facts.number}/head`;
      return sarif === null ? null : { sarif, commitOid: headOid, ref };
    },
    superseded: lastHead === headOid ? [] : [...told.values()],
    attempts: facts.attempts,
    done: (now) => putPullReported(db, facts, `${headOid}\n${formatTold(now)}`),
    putOff: ({ problem, waitMs }) => {
      const notBefore = new Date(clock.now().getTime() + waitMs);
      return putPullUnreported(db, facts, { problem, notBefore });
    },
  };
}

/** Undefined when it was told, or there is nothing to tell it on. */
async function report(deps: ReportDeps, one: Reportable): Promise<Retry | undefined> {
  const repo = repoOf(one.url, deps.addresses);
  if (repo === undefined || one.runs.length === 0) {
    await one.done(new Map());
    return undefined;
  }
  const retry = await tryOn(deps, repo, one, async (octokit) => {
    for (const old of one.superseded) await endReport(octokit, repo, old);
    const told = new Map<string, string>();
    for (const run of one.runs)
      told.set(run.name, await sendReport(octokit, repo, run, one.told.get(run.name) ?? null));
    await sendMore(deps, octokit, { repo, one, told });
    await one.done(told);
  });
  if (retry !== undefined) await one.putOff(retry);
  return retry;
}

const COMMENT = "comment";
const SARIF = "sarif";

/** What the App has rights for only where an operator wants it. The comment is last: what fails after it makes a second. */
async function sendMore(
  { github }: ReportDeps,
  octokit: Octokit,
  {
    repo,
    one,
    told,
  }: { readonly repo: Repo; readonly one: Reportable; readonly told: Map<string, string> },
): Promise<void> {
  const lastComment = one.told.get(COMMENT);
  const upload = (await github.mayWrite(repo, "security_events")) ? await one.findSarif() : null;
  if (upload !== null) told.set(SARIF, await sendSarif(octokit, repo, upload, one.told.get(SARIF)));
  const { comment } = one;
  if (comment !== null && (await github.mayWrite(repo, "pull_requests")))
    told.set(COMMENT, await sendComment(octokit, repo, comment, lastComment));
  else if (lastComment !== undefined) told.set(COMMENT, lastComment);
}

/** Alerts are of a branch as it is now: an older version would take those of the newest away. */
async function findSarifOfTag(
  deps: ReportDeps,
  { versionId, isLatest, branch, commitOid }: TagFacts,
): Promise<SarifUpload | null> {
  if (versionId === null || commitOid === null || !isLatest) return null;
  const sarif = await deps.findSarif(versionId);
  return sarif === undefined ? null : { sarif, commitOid, ref: `refs/heads/${branch}` };
}
