import type { RuleFacts } from "../scan/index.ts";
import { CLAMD_RULE } from "./clamd/open-clamd.ts";
import { SEMANTIC_RULES } from "./semantic/kinds.ts";

/** Everything that a reviewer can find, as the rules of the scan are told. */
export const REVIEWER_RULES: readonly RuleFacts[] = [CLAMD_RULE, ...SEMANTIC_RULES];
