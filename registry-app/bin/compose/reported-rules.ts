import { REVIEWER_RULES } from "../../src/reviewers/index.ts";
import { ALL_RULES, OBSERVED_RULES, type RuleFacts } from "../../src/scan/index.ts";

/** Every rule that a version's report can name: of the scan, of what was observed, and of reviewers, whether or not one is there. */
export const REPORTED_RULES: readonly RuleFacts[] = [
  ...ALL_RULES,
  ...OBSERVED_RULES,
  ...REVIEWER_RULES,
];
