import { CODE_EXECUTION_RULES } from "./code-execution.ts";
import { CREDENTIAL_RULES } from "./credentials.ts";
import { EXFILTRATION_RULES } from "./exfiltration.ts";
import { OBFUSCATION_RULES } from "./obfuscation.ts";
import { PERSISTENCE_RULES } from "./persistence.ts";
import { PRIVILEGE_RULES } from "./privilege.ts";
import { RESOURCE_RULES } from "./resources.ts";
import type { Rule } from "./rule.ts";

/** Every rule, in the order in which pages and reports list them. A new file of rules is named here. */
export const ALL_RULES: readonly Rule[] = [
  ...EXFILTRATION_RULES,
  ...CREDENTIAL_RULES,
  ...CODE_EXECUTION_RULES,
  ...OBFUSCATION_RULES,
  ...PERSISTENCE_RULES,
  ...PRIVILEGE_RULES,
  ...RESOURCE_RULES,
];
