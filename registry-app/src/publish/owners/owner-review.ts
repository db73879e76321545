import { z } from "zod";

const text = z.string();

/** Whether somebody is in a team, as the host says it. */
const membership = z.object({ org: text, slug: text, login: text });

const review = z.object({
  reviewerId: z.number(),
  login: text,
  /** What they said last that decides something; an approval that was dismissed is none. */
  decision: z.enum(["approved", "changes-requested", "dismissed"]),
  /** The head that they saw. */
  commitOid: text,
  /** Whether the host lets them write to the repo. */
  mayWrite: z.boolean(),
});

const mergedPull = z.object({
  number: z.number(),
  headOid: text,
  /** What the host made of it on the branch; its first parent is what was merged into. */
  mergeOid: text,
  authorId: z.number(),
  /** In the order in which they were given; null: there are more than are read. */
  reviews: z.array(review).readonly().nullable(),
});

/** What a host is asked of a version; `owner_reviews.questions`. */
export const ownerQuestions = z.object({
  /** Commits that touched its folder since the versions before it. */
  commits: z.array(text).readonly(),
  members: z.array(membership).readonly(),
});

/** What the host said; `owner_reviews.answers`. */
export const ownerAnswers = z.object({
  /** Merged into the protected branch, with one of the commits. */
  pulls: z.array(mergedPull).readonly(),
  /** There are more pull requests than are read. */
  isCut: z.boolean(),
  members: z.array(membership.extend({ isMember: z.boolean() })).readonly(),
});

/** What became of it; `owner_reviews.verdict`. */
export const ownersVerdict = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("approved"),
    /** The newest first, down to what was approved already. */
    by: z
      .array(z.object({ number: z.number(), headOid: text, approvers: z.array(text).readonly() }))
      .readonly(),
  }),
  /** `because`: a sentence's end. */
  z.object({ kind: z.literal("lacking"), because: text }),
]);

export type Membership = z.infer<typeof membership>;
export type OwnerReviewed = z.infer<typeof review>;
export type MergedPull = z.infer<typeof mergedPull>;
export type OwnerQuestions = z.infer<typeof ownerQuestions>;
export type OwnerAnswers = z.infer<typeof ownerAnswers>;
export type OwnersVerdict = z.infer<typeof ownersVerdict>;
