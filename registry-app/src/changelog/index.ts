/** From commits to what changed: entries, Markdown and the version step that they call for. Pure. */
export { compareBump, stepVersion, type Bump, type BumpVerdict } from "./bump.ts";
export { contentBump, type ContentBump, type SkillContent } from "./content-bump.ts";
export { createChangelog, type Changelog } from "./changelog.ts";
export type {
  CommitRecord,
  ChangelogInput,
  ChangelogEntry,
  BumpCause,
  ChangelogSummary,
} from "./types.ts";
