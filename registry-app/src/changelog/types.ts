import type { Bump, ChangeSize } from "./bump.ts";
import type { ContentBump } from "./content-bump.ts";

/** A commit that touched the folder of the skill. */
export type CommitRecord = {
  readonly oid: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committedAt: Date;
  readonly message: string;
};

/** What a version is compared with: `previous` is the version before it (null: none), commits are newest first. */
export type ChangelogInput = {
  readonly previous: string | null;
  readonly commits: readonly CommitRecord[];
  /** What the files themselves call for, by contentBump; absent for a first version. */
  readonly content?: ContentBump;
};

/** One line of a changelog; texts are visible characters on one line, not yet escaped for HTML or Markdown. */
export type ChangelogEntry = {
  /** The conventional type in lower case, `other` for a commit that follows no convention. */
  readonly type: string;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  readonly commit: string;
  readonly author: string;
};

/** Why a step is required; `commit` is null when the files say so and not a message. */
export type BumpCause = {
  readonly commit: string | null;
  readonly subject: string;
  readonly bump: ChangeSize;
};

/** Everything that is said about the changes of one version. */
export type ChangelogSummary = {
  readonly from: string | null;
  readonly entries: readonly ChangelogEntry[];
  readonly markdown: string;
  readonly requiredBump: Bump;
  /** How many commits follow no convention, so that nobody can tell what they change. */
  readonly unconventional: number;
  /** What calls for `requiredBump`, at most 20. */
  readonly because: readonly BumpCause[];
};
