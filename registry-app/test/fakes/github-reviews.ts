import type { ServerResponse } from "node:http";
import { sendJson } from "./send-json.ts";

/** A merged pull request of acme/skills, with what its reviewers said in order. */
export type FakeMerged = {
  readonly number: number;
  readonly head: string;
  /** What was made of it on the branch. */
  readonly merge: string;
  /** Commits that GitHub shows it for. */
  readonly commits: readonly string[];
  readonly author: FakePerson;
  readonly reviews: readonly {
    readonly user: FakePerson;
    readonly state: "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED" | "COMMENTED";
    /** The head that they saw. */
    readonly commit: string;
  }[];
};
export type FakePerson = { readonly id: number; readonly login: string };

const OF_COMMIT = /^\/repos\/acme\/skills\/commits\/([0-9a-f]{40})\/pulls$/;
const REVIEWS = /^\/repos\/acme\/skills\/pulls\/(\d+)\/reviews$/;

/** Answers which merged pull requests a commit came with, and who said what of one; false when it is another question. */
export function answerReviews(
  merged: readonly FakeMerged[],
  path: string,
  res: ServerResponse,
): boolean {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  const commit = OF_COMMIT.exec(pathname)?.[1];
  if (commit !== undefined)
    return sendJson(res, 200, merged.filter(({ commits }) => commits.includes(commit)).map(toPull));
  const number = REVIEWS.exec(pathname)?.[1];
  if (number === undefined) return false;
  const found = merged.find((one) => one.number === Number(number));
  if (found === undefined) return sendJson(res, 404, { message: "Not Found" });
  const size = Number(searchParams.get("per_page"));
  const from = (Number(searchParams.get("page")) - 1) * size;
  const reviews = found.reviews.map(({ user, state, commit: commit_id }) => ({
    user,
    state,
    commit_id,
  }));
  return sendJson(res, 200, reviews.slice(from, from + size));
}

function toPull({ number, head, merge, author }: FakeMerged) {
  return {
    number,
    state: "closed",
    merged_at: "2026-11-01T10:00:00Z",
    merge_commit_sha: merge,
    head: { sha: head },
    base: { ref: "main", repo: { full_name: "acme/skills" } },
    user: author,
  };
}
