import type { Membership, MergedPull, OwnerAnswers, OwnersVerdict } from "./owner-review.ts";
import type { Owner } from "./parse-code-owners.ts";

/** The tree of a folder that is not there. */
export const NO_TREE = "";

/** What a merged pull request did to a folder, from its merge base to its head. */
export type PullStep = {
  readonly pull: MergedPull;
  readonly headTree: string;
  readonly baseTree: string;
  /** Paths from the root of the repo, with their owners by the CODEOWNERS of the merge base. */
  readonly changed: readonly { readonly path: string; readonly owners: readonly Owner[] }[];
  /** Why it approves nothing, whoever approved it; a sentence's end. */
  readonly problem: string | null;
};

export type OwnersCase = {
  /** The tree of the folder that is to be published. */
  readonly tree: string;
  /** Trees of the folder that were published. */
  readonly published: ReadonlySet<string>;
  readonly steps: readonly PullStep[];
  readonly members: OwnerAnswers["members"];
};

/** `ask`: it hangs on who is in which team. */
export type OwnersJudged =
  OwnersVerdict | { readonly kind: "ask"; readonly members: readonly Membership[] };

/**
 * Whether the code owners have approved a folder as it is: a chain of its trees, each at the head of a merged pull request
 * that its owners approved, down to one that was published or to no folder at all (docs/adr/0025). Pure.
 */
export function judgeOwners({ tree, published, steps, members }: OwnersCase): OwnersJudged {
  const known = new Map(members.map((one) => [keyOf(one), one.isMember]));
  const seen = new Set<string>();
  const walk = (at: string): OwnersJudged => {
    if (at === NO_TREE || published.has(at)) return { kind: "approved", by: [] };
    // Two pull requests that undo each other lead nowhere.
    if (seen.has(at)) return lacking("the pull requests that led to these files undo each other");
    seen.add(at);
    const asked: Membership[] = [];
    let first: OwnersJudged | undefined;
    for (const step of steps) {
      if (step.headTree !== at || step.baseTree === at) continue;
      const own = judgeStep(step, known);
      const judged = own.kind === "approved" ? withBelow(own, walk(step.baseTree)) : own;
      if (judged.kind === "approved") return judged;
      if (judged.kind === "ask") asked.push(...judged.members);
      else first ??= judged;
    }
    if (asked.length > 0) return { kind: "ask", members: asked };
    return first ?? lacking(`no merged pull request ends with these files (tree ${short(at)})`);
  };
  return walk(tree);
}

type Approved = Extract<OwnersVerdict, { kind: "approved" }>;

function withBelow(own: Approved, below: OwnersJudged): OwnersJudged {
  return below.kind === "approved" ? { kind: "approved", by: [...own.by, ...below.by] } : below;
}

function judgeStep(
  { pull, changed, problem }: PullStep,
  known: ReadonlyMap<string, boolean>,
): OwnersJudged {
  const { number, headOid, reviews } = pull;
  const name = `pull request ${number} at ${short(headOid)}`;
  if (problem !== null) return lacking(`${name}: ${problem}`);
  if (reviews === null) return lacking(`${name} has more reviews than are read`);
  const approvers = listApprovers(pull, reviews);
  const asked: Membership[] = [];
  for (const { path, owners } of changed) {
    const one = judgePath(owners, approvers, known);
    if (one === "lacking")
      return lacking(`${name} has no approval ${sayWhose(owners)} for ${path}`);
    if (one !== "approved") asked.push(...one);
  }
  if (asked.length > 0) return { kind: "ask", members: unique(asked) };
  return { kind: "approved", by: [{ number, headOid, approvers: [...approvers] }] };
}

/** Logins of those whose last word on this very head was yes, who may write there and did not open the pull request. */
function listApprovers(
  { authorId, headOid }: MergedPull,
  reviews: NonNullable<MergedPull["reviews"]>,
): readonly string[] {
  const last = new Map(reviews.map((one) => [one.reviewerId, one]));
  return [...last.values()]
    .filter(({ decision, commitOid }) => decision === "approved" && commitOid === headOid)
    .filter(({ reviewerId, mayWrite }) => reviewerId !== authorId && mayWrite)
    .map(({ login }) => login);
}

/** One owner is enough; where there is none, anybody who may write is, but never nobody. */
function judgePath(
  owners: readonly Owner[],
  approvers: readonly string[],
  known: ReadonlyMap<string, boolean>,
): "approved" | "lacking" | readonly Membership[] {
  if (owners.length === 0) return approvers.length > 0 ? "approved" : "lacking";
  const logins = new Set(approvers.map((login) => login.toLowerCase()));
  if (owners.some((one) => one.kind === "person" && logins.has(one.login.toLowerCase())))
    return "approved";
  const memberships = owners.flatMap((one) =>
    one.kind === "team" ? approvers.map((login) => ({ org: one.org, slug: one.slug, login })) : [],
  );
  if (memberships.some((one) => known.get(keyOf(one)) === true)) return "approved";
  const unknown = memberships.filter((one) => !known.has(keyOf(one)));
  return unknown.length > 0 ? unknown : "lacking";
}

function sayWhose(owners: readonly Owner[]): string {
  if (owners.length === 0) return "by anybody but its author";
  const names = owners.map((one) =>
    one.kind === "person"
      ? `@${one.login}`
      : one.kind === "team"
        ? `@${one.org}/${one.slug}`
        : `${one.address}, which GitHub tells nobody's account for`,
  );
  return `of ${names.join(" or ")}`;
}

const keyOf = ({ org, slug, login }: Membership) => `${org}/${slug} ${login}`.toLowerCase();

function unique(all: readonly Membership[]): readonly Membership[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

const short = (oid: string) => oid.slice(0, 10);

function lacking(because: string): OwnersVerdict {
  return { kind: "lacking", because };
}
