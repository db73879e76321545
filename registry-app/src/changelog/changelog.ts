import { isBeforeOne, toLarger, type ChangeSize } from "./bump.ts";
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
import type { ChangelogInput, ChangelogEntry, BumpCause, ChangelogSummary } from "./types.ts";

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
