/** The read side: what may be seen of skills, versions, sources and tags, as JSON, as pages' data and as files. */
export * from "./schemas.ts";
export { scanSchema, type Scan } from "./scan-schema.ts";
export { createDownloads, type Downloads } from "./downloads.ts";
export {
  agentSkillsIndex,
  archiveHref,
  installableOf,
  listLatest,
  skillsIndex,
  type AgentSkillsIndex,
  type Installable,
  type SkillsIndex,
} from "./install-index.ts";
export { renderMarkdown, type RenderedMarkdown } from "./markdown.ts";
export {
  alignPublicFiles,
  evidencePath,
  listDamagedFiles,
  materialise,
  refreshSkillJson,
  renderSkillJson,
  renderVersionJson,
  skillJsonPath,
  versionJsonPath,
  type MaterialiseDeps,
  type Rendered,
} from "./materialise.ts";
export { findKnown } from "./store/seen-law.ts";
export { listPrivateSkillIds } from "./store/skills.ts";
export type { Page } from "./paging.ts";
export {
  findArchive,
  findVersionId,
  searchSkills,
  skillDetail,
  versionDetail,
  type ServedArchive,
  type SkillQuery,
  type SkillSearch,
  type SkillSort,
} from "./read-skills.ts";
export {
  findFindings,
  findingFilters,
  readSecurity,
  securityFindingsSchema,
  securitySummarySchema,
} from "./read-findings.ts";
export { compareEvals, evalComparisonSchema } from "./compare-evals.ts";
export { versionEvalsSchema, type VersionEvals } from "./eval-schema.ts";
export { readEvalLog, readEvals } from "./read-evals.ts";
export { hostSarif, scanDetail, scanSarif, type FindWaivers } from "./read-scan.ts";
export {
  sourceDetail,
  sourcesList,
  tagDetail,
  tagsOfSource,
  type TagQuery,
} from "./read-sources.ts";
export { pullDetail, pullList } from "./read-pulls.ts";
export { pullListSchema, pullSchema } from "./pull-schema.ts";
export { createSitePort, type SitePortParts } from "./site-port.ts";
export { readVersionFile } from "./version-files.ts";
