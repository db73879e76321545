import type { PullPage, PullSigner } from "./pull-port.ts";

type PullState = {
  readonly state: "ignored" | "pending" | "block" | "warn" | "pass";
  readonly word: string;
  readonly says: string;
};

/** Where a pull request stands, in one word and one sentence that says what to do. */
export function pullState(pull: PullPage): PullState {
  const { report, isOpen, isFork, isJudged } = pull;
  if (!isOpen)
    return {
      state: "ignored",
      word: "closed",
      says: "It is closed: what stands here is of its last head.",
    };
  if (report === null && isFork)
    return {
      state: "pending",
      word: "of a fork",
      says: "It comes from a fork: nothing of it is fetched before a maintainer says so.",
    };
  if (report === null || !isJudged)
    return { state: "pending", word: "waits", says: "Its newest commit has not been judged yet." };
  if (report.skills.length === 0)
    return {
      state: "ignored",
      word: "no skill",
      says: "It touches no skill, so there is nothing to release.",
    };
  const bad = report.skills.filter(({ isPublishable }) => !isPublishable);
  if (bad.length > 0)
    return {
      state: "block",
      word: "could not be published",
      says: `Mend ${bad.map(({ name, folder }) => name ?? folder).join(", ")} first.`,
    };
  return stateOfChecks(pull, report.skills);
}

function stateOfChecks(
  { evals }: PullPage,
  skills: NonNullable<PullPage["report"]>["skills"],
): PullState {
  const isBlocked = skills.some(({ scan }) => scan?.verdict === "block");
  if (isBlocked)
    return {
      state: "block",
      word: "would be blocked",
      says: "The scan found what blocks a release.",
    };
  if (evals.some(({ outcome }) => outcome === "block"))
    return { state: "block", word: "cases fail", says: "A case that decides did not pass." };
  const isRunning = evals.some(({ state }) => state === "queued" || state === "running");
  if (isRunning) return { state: "pending", word: "cases run", says: "Its cases run." };
  const isHeld = skills.some(
    ({ scan }) => scan !== null && ["warn", "incomplete"].includes(scan.verdict),
  );
  if (isHeld)
    return {
      state: "warn",
      word: "somebody has to look",
      says: "A release would wait for a person.",
    };
  const tags = skills.flatMap(({ release }) => release?.tag ?? []);
  if (tags.length === 0)
    return { state: "pass", word: "fine", says: "Nothing in it asks for a release." };
  return { state: "pass", word: "ready", says: `Once it is merged, tag ${tags.join(", ")}.` };
}

const SIGNERS = {
  ready: { state: "pass", word: "its author can" },
  likely: { state: "review", word: "its author, as far as can be told" },
  unready: { state: "warn", word: "somebody else, or a new key" },
} as const;

/** Whether the author could sign the release, as an icon and a word. */
export function signerState({ kind }: PullSigner): (typeof SIGNERS)[PullSigner["kind"]] {
  return SIGNERS[kind];
}
