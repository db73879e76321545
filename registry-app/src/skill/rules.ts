import type { RuleRow } from "./rule-row.ts";
import { SKILL_RULES } from "./skill-rules.ts";
import { TREE_RULES } from "./tree-rules.ts";

const RULES = { ...SKILL_RULES, ...TREE_RULES };

export type RuleId = keyof typeof RULES;
export type Rule = RuleRow & {
  readonly id: RuleId;
  /** Where the documentation describes the rule, as path and anchor on the site. */
  readonly docs: string;
  /** The code of a tag refused for it. */
  readonly code: "INVALID_SKILL" | "TOO_LARGE";
};

const TOO_LARGE: ReadonlySet<RuleId> = new Set([
  "skill.too-large",
  "frontmatter.too-large",
  "tree.file-size",
  "tree.total-size",
  "tree.file-count",
] as const);

/** The row of one rule. */
export function getRule(id: RuleId): Rule {
  const docs = `/docs/rules#${id.replace(".", "-")}`;
  return { id, ...RULES[id], docs, code: TOO_LARGE.has(id) ? "TOO_LARGE" : "INVALID_SKILL" };
}

/** Every rule that a Finding of this module can name, in the order in which a reader meets them. */
export function listRules(): readonly Rule[] {
  return Object.keys(RULES).map((id) => getRule(id as RuleId));
}
