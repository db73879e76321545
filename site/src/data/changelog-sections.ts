import type { ChangelogEntry } from "./port.ts";

export interface ChangelogSection {
  readonly title: string;
  readonly entries: readonly ChangelogEntry[];
}

const TITLES: readonly (readonly [type: string, title: string])[] = [
  ["feat", "Added"],
  ["fix", "Fixed"],
  ["perf", "Faster"],
  ["revert", "Reverted"],
  ["docs", "Documentation"],
];

/** Breaking changes first, then by kind; kinds without a heading of their own come last, together. */
export function changelogSections(entries: readonly ChangelogEntry[]): ChangelogSection[] {
  const calm = entries.filter((entry) => !entry.breaking);
  const named = new Set(TITLES.map(([type]) => type));
  return [
    { title: "Breaking", entries: entries.filter((entry) => entry.breaking) },
    ...TITLES.map(([type, title]) => ({
      title,
      entries: calm.filter((entry) => entry.type === type),
    })),
    { title: "Other", entries: calm.filter((entry) => !named.has(entry.type)) },
  ].filter((section) => section.entries.length > 0);
}
