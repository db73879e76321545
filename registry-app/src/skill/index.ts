/** Pure reading of skills: SKILL.md and tree rules, tag names, versions, folders of a source. No I/O; input is hostile. */
export { checkTree } from "./check-tree.ts";
export { fixSkill, type FixedSkill } from "./fix-skill.ts";
export { SKILL_LIMITS, type SkillLimits } from "./limits.ts";
export { readAllowedTools, readSkill } from "./read-skill.ts";
export { getRule, listRules, type Rule, type RuleId } from "./rules.ts";
export type { Severity } from "./rule-row.ts";
export { skillFolders, type SkillFolder } from "./skill-folders.ts";
export { printable } from "./finding.ts";
export { isSkillName } from "./skill-name.ts";
export {
  formatTagName,
  parseTagName,
  type TagContext,
  type TagForm,
  type TagName,
} from "./tag-name.ts";
export type {
  FieldProfile,
  Finding,
  JsonValue,
  ReadOptions,
  SkillReading,
  TreeEntry,
  TreeMode,
} from "./types.ts";
export {
  compareVersions,
  declaredBump,
  highestStable,
  isPrerelease,
  isVersion,
  previousOf,
  type DeclaredBump,
} from "./versions.ts";
