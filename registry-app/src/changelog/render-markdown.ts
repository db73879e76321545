import { DEFAULT_COMMIT_TYPES } from "conventional-changelog-conventionalcommits";
import type { ChangelogEntry } from "./types.ts";
import { toMarkdown } from "./clean-text.ts";

type Line = ChangelogEntry & { readonly notes: readonly string[] };

const OTHER = "Other changes";
const COMMIT_LENGTH = 7;

// The preset's sections, in its order; the ones that it hides are gathered, for in a skill even a text is behaviour.
const SECTIONS: ReadonlyMap<string, string> = new Map(
  DEFAULT_COMMIT_TYPES.filter(({ type }) =>
    ["feat", "feature", "fix", "perf", "revert", "docs"].includes(type),
  ).map(({ type, section }) => [type, section]),
);

/** Writes the lines by section, breaking changes first; `left` lines more are only counted. Empty for no lines. */
export function renderMarkdown(lines: readonly Line[], left: number): string {
  const bySection = Map.groupBy(lines, ({ type }) => SECTIONS.get(type) ?? OTHER);
  const blocks = [
    toBlock("Breaking changes", lines.flatMap(toBreaking)),
    ...[...new Set(SECTIONS.values()), OTHER].map((section) =>
      toBlock(section, (bySection.get(section) ?? []).map(toItem)),
    ),
    left > 0 ? `And ${left} more.\n` : "",
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

function toBlock(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `### ${title}\n\n${items.join("\n")}\n`;
}

function toBreaking(line: Line): readonly string[] {
  return line.notes.map((note) => `- ${toScope(line)}${toMarkdown(note)}`);
}

function toItem(line: Line): string {
  return `- ${toScope(line)}${toMarkdown(line.subject)} (${line.commit.slice(0, COMMIT_LENGTH)})`;
}

function toScope({ scope }: Line): string {
  return scope === null ? "" : `**${toMarkdown(scope)}:** `;
}
