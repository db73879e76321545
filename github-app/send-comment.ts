import { createHash } from "node:crypto";
import type { Repo } from "./addresses.ts";
import { statusOf, type Octokit } from "./connect.ts";
import { fit } from "./markup.ts";
import type { CheckRun } from "./check-run.ts";

/** One comment on a pull request, changed in place. */
export type PullComment = { readonly number: number; readonly body: string };

/** GitHub takes 65,536 characters. */
const MAX_BODY = 60_000;
/** Somebody deleted it: their word counts. */
const DELETED = "deleted";

/** The summary of a pull request as a comment: what its one check says, for those who read no checks. Pure. */
export function toComment(number: number, summary: CheckRun): PullComment {
  const lines = [`**Assay:** ${summary.title}`, "", ...summary.summary.split("\n")];
  return { number, body: fit(lines, MAX_BODY) };
}

/** Makes the comment say this: the one that was written last, or a new one. Gives what to call it by the next time. */
export async function sendComment(
  octokit: Octokit,
  { owner, name: repo }: Repo,
  { number, body }: PullComment,
  told: string | undefined,
): Promise<string> {
  if (told === DELETED) return told;
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const [id, lastDigest] = (told ?? "").split(".");
  if (told !== undefined && lastDigest === digest) return told;
  if (id === undefined || id === "") {
    const { data } = await octokit.rest.issues.createComment({
      owner,
      repo,
      issue_number: number,
      body,
    });
    return `${data.id}.${digest}`;
  }
  try {
    await octokit.rest.issues.updateComment({ owner, repo, comment_id: Number(id), body });
  } catch (cause) {
    if (statusOf(cause) === 404) return DELETED;
    throw cause;
  }
  return `${id}.${digest}`;
}
