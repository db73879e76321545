import { isBeforeOne, toLarger, type Bump, type ChangeSize } from "./bump.ts";
import { toOneLine } from "./clean-text.ts";
import type { ContentBump } from "./content-bump.ts";
import { dropReverted } from "./drop-reverted.ts";
import {
  createParseCommit,
  type Change,
  type ParseCommit,
  type ParsedCommit,
} from "./parse-commits.ts";
import { renderMarkdown } from "./render-markdown.ts";

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

export type Changelog = { summarise(input: ChangelogInput): ChangelogSummary };

type Told = { readonly commit: ParsedCommit; readonly change: Change };

const MAX_COMMITS = 2_000;
const MAX_ENTRIES = 300;
const MAX_CAUSES = 20;
const MAX_AUTHOR_LENGTH = 80;

/** Builds the parser of conventional commits once; `summarise` is pure and takes well under a millisecond. */
export function createChangelog(): Changelog {
  const parseCommit = createParseCommit();
  return { summarise: (input) => summarise(parseCommit, input) };
}

function summarise(parseCommit: ParseCommit, input: ChangelogInput): ChangelogSummary {
  const isShifted = input.previous !== null && isBeforeOne(input.previous);
  const parsed = input.commits
    .slice(0, MAX_COMMITS)
    .map((record) => parseCommit(record, isShifted))
    .filter(({ isMerge }) => !isMerge);
  const kept = dropReverted(parsed);
  const told = kept.flatMap((commit) => commit.changes.map((change) => ({ commit, change })));
  const required = requireBump(told, input.content);
  const shown = told.slice(0, MAX_ENTRIES);
  return {
    from: input.previous,
    entries: shown.map(toEntry),
    markdown: renderMarkdown(
      shown.map((one) => ({ ...toEntry(one), notes: one.change.notes })),
      told.length - shown.length + Math.max(0, input.commits.length - MAX_COMMITS),
    ),
    requiredBump: input.previous === null ? "first" : required,
    unconventional: kept.filter(({ changes }) => changes.every(({ type }) => type === null)).length,
    because: input.previous === null ? [] : listCauses(told, input.content, required),
  };
}

function requireBump(told: readonly Told[], content: ContentBump | undefined): ChangeSize | "none" {
  return told.reduce<ChangeSize | "none">(
    (most, { change }) => toLarger(most, change.bump),
    content?.bump ?? "none",
  );
}

function listCauses(
  told: readonly Told[],
  content: ContentBump | undefined,
  required: ChangeSize | "none",
): readonly BumpCause[] {
  const said = told.map(({ commit, change }) => ({
    commit: commit.record.oid,
    subject: change.subject,
    bump: change.bump,
  }));
  const seen = (content?.reasons ?? []).map(({ text, bump }) => ({
    commit: null,
    subject: text,
    bump,
  }));
  return [...said, ...seen].filter(({ bump }) => bump === required).slice(0, MAX_CAUSES);
}

function toEntry({ commit, change }: Told): ChangelogEntry {
  return {
    type: change.type ?? "other",
    scope: change.scope,
    subject: change.subject,
    breaking: change.notes.length > 0,
    commit: commit.record.oid,
    author: toOneLine(commit.record.authorName, MAX_AUTHOR_LENGTH),
  };
}
