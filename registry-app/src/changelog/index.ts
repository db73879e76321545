/** From commits to what changed: entries, Markdown and the version step that they call for. Pure. */
export { compareBump, type Bump, type BumpVerdict } from "./bump.ts";
export { contentBump, type ContentBump, type SkillContent } from "./content-bump.ts";
export {
  createChangelog,
  type BumpCause,
  type Changelog,
  type ChangelogEntry,
  type ChangelogInput,
  type ChangelogSummary,
  type CommitRecord,
} from "./changelog.ts";
