import { z } from "zod";
import {
  putOwnerAnswers,
  putOwnersUnanswered,
  type Membership,
  type MergedPull,
  type OwnerAnswers,
  type OwnerReviewed,
  type OwnersAsked,
} from "@assay/registry/publish";
import { repoOf, type Repo } from "./addresses.ts";
import { statusOf, type Github, type Octokit } from "./connect.ts";
import { tryOn } from "./on-repo.ts";
import { absent, type Retry } from "./plan-retry.ts";
import type { ReportDeps } from "./reporting.ts";
import { findRole, mayWrite } from "./roles.ts";
import { oid, person } from "./shapes.ts";

const PER_PAGE = 100;
/** Of one version; of more, the rest is said to be unread. */
const MAX_PULLS = 50;
/** 500 reviews of one pull request; a list that goes on may hold a later word, and none of it is believed. */
const MAX_REVIEW_PAGES = 5;

const pull = z.object({
  number: z.number().int().positive(),
  merged_at: z.string(),
  merge_commit_sha: oid,
  head: z.object({ sha: oid }),
  base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }) }),
  user: person,
});
/** What decides: a comment leaves what somebody said before as it was. */
const DECISIONS: Readonly<Record<string, OwnerReviewed["decision"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
};
const review = z.object({ user: person, state: z.string(), commit_id: oid });

/** Asks GitHub who approved what is to be published; undefined when it answered. */
export async function lookAtOwners(
  deps: ReportDeps,
  asked: OwnersAsked,
): Promise<Retry | undefined> {
  const { db, clock, addresses, github } = deps;
  const repo = repoOf(asked.sourceUrl, addresses);
  const retry =
    repo === undefined
      ? absent("The source does not live on this GitHub any more.")
      : await tryOn(deps, repo, { what: asked.tag, attempts: asked.attempts }, async (octokit) => {
          const merged = await listMerged(octokit, repo, asked);
          const members = await listMemberships(github, repo.owner, asked.questions.members);
          await putOwnerAnswers(db, asked, { ...merged, members }, clock.now());
          await deps.judgeOwners(asked.versionId);
        });
  if (retry === undefined) return undefined;
  const notBefore = new Date(clock.now().getTime() + retry.waitMs);
  await putOwnersUnanswered(db, asked, { problem: retry.problem, notBefore });
  // What holds the version says what is wrong.
  if (retry.problem !== asked.problem) await deps.decide(asked.versionId);
  return retry;
}

/** The pull requests that were merged into the protected branch with one of the commits, the newest first. */
async function listMerged(
  octokit: Octokit,
  repo: Repo,
  { branch, questions }: OwnersAsked,
): Promise<Pick<OwnerAnswers, "pulls" | "isCut">> {
  const listed = new Map<number, z.infer<typeof pull>>();
  for (const commit_sha of questions.commits)
    for (const one of await listPullsOf(octokit, repo, commit_sha)) listed.set(one.number, one);
  const full = `${repo.owner}/${repo.name}`.toLowerCase();
  const merged = [...listed.values()]
    .filter(({ base }) => base.ref === branch && base.repo.full_name.toLowerCase() === full)
    .toSorted((a, b) => b.number - a.number);
  const roles = new Map<string, Promise<boolean>>();
  const pulls: MergedPull[] = [];
  for (const one of merged.slice(0, MAX_PULLS)) {
    const reviews = await listReviews(octokit, repo, one.number, roles);
    const { number, head, merge_commit_sha: mergeOid, user } = one;
    pulls.push({ number, headOid: head.sha, mergeOid, authorId: user.id, reviews });
  }
  return { pulls, isCut: merged.length > MAX_PULLS };
}

/** Those that are merged; GitHub's limit is a page of 100 for one commit, which no commit comes near. */
async function listPullsOf(octokit: Octokit, { owner, name }: Repo, commit_sha: string) {
  const of = { owner, repo: name, commit_sha, per_page: PER_PAGE };
  const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(of);
  return data.flatMap((one) => {
    const read = pull.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

/** Null where there are more than are read. What cannot be read is no approval, and takes none back: GitHub lists none such. */
async function listReviews(
  octokit: Octokit,
  repo: Repo,
  pull_number: number,
  roles: Map<string, Promise<boolean>>,
): Promise<MergedPull["reviews"]> {
  const found: OwnerReviewed[] = [];
  for (let page = 1; page <= MAX_REVIEW_PAGES; page += 1) {
    const of = { owner: repo.owner, repo: repo.name, pull_number, per_page: PER_PAGE, page };
    const { data } = await octokit.rest.pulls.listReviews(of);
    for (const one of data) {
      const read = review.safeParse(one);
      const decision = read.success ? DECISIONS[read.data.state] : undefined;
      if (!read.success || decision === undefined) continue;
      const { user, commit_id: commitOid } = read.data;
      const may = decision === "approved" && (await askRole(octokit, repo, user, roles));
      const { id: reviewerId, login } = user;
      found.push({ reviewerId, login, decision, commitOid, mayWrite: may });
    }
    if (data.length < PER_PAGE) return found;
  }
  return null;
}

/** One question for each person, however many reviews they wrote. */
function askRole(
  octokit: Octokit,
  repo: Repo,
  { login, id: loginId }: z.infer<typeof person>,
  roles: Map<string, Promise<boolean>>,
): Promise<boolean> {
  const asked = roles.get(login) ?? findRole(octokit, repo, { login, loginId }).then(mayWrite);
  roles.set(login, asked);
  return asked;
}

/** Whether each is an active member; a team that is not there, is hidden from the App, or is another organisation's, has nobody in it. */
async function listMemberships(
  github: Github,
  owner: string,
  asked: readonly Membership[],
): Promise<OwnerAnswers["members"]> {
  const found: OwnerAnswers["members"][number][] = [];
  for (const one of asked) {
    const isOwn = one.org.toLowerCase() === owner.toLowerCase();
    const octokit = isOwn ? await github.onOrg(owner) : undefined;
    const isMember = octokit !== undefined && (await isActive(octokit, one));
    found.push({ ...one, isMember });
  }
  return found;
}

async function isActive(octokit: Octokit, { org, slug, login }: Membership): Promise<boolean> {
  try {
    const of = { org, team_slug: slug, username: login };
    return (await octokit.rest.teams.getMembershipForUserInOrg(of)).data.state === "active";
  } catch (cause) {
    if (statusOf(cause) === 404) return false;
    throw cause;
  }
}
