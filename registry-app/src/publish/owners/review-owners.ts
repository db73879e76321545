import { isDeepStrictEqual } from "node:util";
import type { Db } from "../../db/index.ts";
import { walkCommits } from "../../git/index.ts";
import { sourceRepo } from "../../sources/index.ts";
import { findSkillFolder } from "../find-skill-folder.ts";
import { listPublishedTrees, type OwnerReview } from "../store/owner-reviews.ts";
import type { ReleaseFacts } from "../types.ts";
import { judgeOwners, type OwnersJudged } from "./judge-owners.ts";
import type { MergedPull, OwnerAnswers, OwnerQuestions, OwnersVerdict } from "./owner-review.ts";
import { readSteps, type StepDeps } from "./read-steps.ts";

export type OwnersDeps = StepDeps & {
  readonly db: Db;
  readonly gitHome: string;
  /** Brings the head of a pull request here; throws where the host does not give it. */
  readonly fetchHead: (number: number) => Promise<void>;
};

/** `ask`: what the host is to be asked before anything can be said. */
export type OwnersReviewed =
  OwnersVerdict | { readonly kind: "ask"; readonly questions: OwnerQuestions };

/** A host is asked once for each. */
const MAX_COMMITS = 100;

/**
 * Whether the code owners of a version have approved its folder, from git and from what the host said of merged pull
 * requests (docs/adr/0025). Writes nothing but fetched heads.
 */
export async function reviewOwners(
  deps: OwnersDeps,
  version: ReleaseFacts,
  review: OwnerReview | undefined,
): Promise<OwnersReviewed> {
  const { dir: repoDir } = sourceRepo(deps.gitHome, version.source);
  const place = await findSkillFolder(deps, repoDir, version.commitOid, version.skill);
  if (place === undefined) return { kind: "lacking", because: "its folder is not in git any more" };
  const { folder } = place;
  const published = await listPublishedTrees(deps.db, version.skillId);
  const known = published.map(({ commitOid }) => commitOid);
  const commits = await listTouching(repoDir, version.commitOid, known, folder);
  if (commits === undefined) {
    const because = `more than ${MAX_COMMITS} commits changed its folder since the version before it`;
    return { kind: "lacking", because };
  }
  const members = review?.questions?.members ?? [];
  const isAnswered = isDeepStrictEqual(review?.questions?.commits, commits);
  const answers = isAnswered ? review?.answers : undefined;
  if (!answers) return { kind: "ask", questions: { commits, members } };
  await fetchHeads(deps, repoDir, answers.pulls);
  const steps = await readSteps(deps, { repoDir, folder, pulls: answers.pulls });
  const judged = judgeOwners({
    tree: version.treeOid,
    published: new Set(published.map(({ treeOid }) => treeOid)),
    steps,
    members: answers.members,
  });
  if (judged.kind !== "ask") return withCut(judged, answers);
  return {
    kind: "ask",
    questions: { commits, members: [...members, ...judged.members] },
  };
}

/** Where not all was read, what is lacking may be among the rest. */
function withCut(
  judged: Exclude<OwnersJudged, { kind: "ask" }>,
  { isCut, pulls }: OwnerAnswers,
): OwnersVerdict {
  if (judged.kind === "approved" || !isCut) return judged;
  return { ...judged, because: `${judged.because}; only ${pulls.length} pull requests were read` };
}

/** Undefined when there are more than a host is asked for. */
async function listTouching(
  repoDir: string,
  tip: string,
  known: readonly string[],
  folder: string,
): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  for await (const { oid, paths, isCut } of walkCommits(repoDir, { tips: [tip], known })) {
    if (!isCut && folder !== "" && !paths.some((path) => path.startsWith(`${folder}/`))) continue;
    if (found.push(oid) > MAX_COMMITS) return undefined;
  }
  return found;
}

/** After a squash or a rebase the head is on no branch. Nothing of one whose merge is not here is fetched. */
async function fetchHeads(
  { readers, fetchHead }: OwnersDeps,
  repoDir: string,
  pulls: readonly MergedPull[],
): Promise<void> {
  for (const { number, headOid, mergeOid } of pulls) {
    const [head, merge] = await Promise.all(
      [headOid, mergeOid].map((oid) => readers.info(repoDir, oid)),
    );
    if (head?.kind === "missing" && merge?.kind === "object") await fetchHead(number);
  }
}
