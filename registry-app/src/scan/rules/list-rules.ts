import { ARCHIVE_RULES } from "./archives.ts";
import { BINARY_RULES } from "./binaries.ts";
import { SIGNATURE_RULES } from "./binaries-signatures.ts";
import { BYTECODE_RULES } from "./bytecode.ts";
import { CODE_EXECUTION_RULES } from "./code-execution.ts";
import { CREDENTIAL_RULES } from "./credentials.ts";
import { EXCESSIVE_AGENCY_RULES } from "./excessive-agency.ts";
import { EXFILTRATION_RULES } from "./exfiltration.ts";
import { FOREIGN_END_RULES } from "./foreign-ends.ts";
import { HARMFUL_RULES } from "./harmful.ts";
import { HIDDEN_CONTENT_RULES } from "./hidden-content.ts";
import { OBFUSCATION_RULES } from "./obfuscation.ts";
import { PERSISTENCE_RULES } from "./persistence.ts";
import { POISONING_RULES } from "./poisoning.ts";
import { PRIVILEGE_RULES } from "./privilege.ts";
import { PROMPT_INJECTION_RULES } from "./prompt-injection.ts";
import { RESOURCE_RULES } from "./resources.ts";
import type { Rule } from "./rule.ts";
import { SOCIAL_ENGINEERING_RULES } from "./social-engineering.ts";
import { SUPPLY_CHAIN_RULES } from "./supply-chain.ts";
import { TOOL_RULES } from "./tools.ts";

/** Every rule, in the order in which pages and reports list them. A new file of rules is named here. */
export const ALL_RULES: readonly Rule[] = [
  ...PROMPT_INJECTION_RULES,
  ...HIDDEN_CONTENT_RULES,
  ...SOCIAL_ENGINEERING_RULES,
  ...EXCESSIVE_AGENCY_RULES,
  ...POISONING_RULES,
  ...HARMFUL_RULES,
  ...EXFILTRATION_RULES,
  ...FOREIGN_END_RULES,
  ...CREDENTIAL_RULES,
  ...CODE_EXECUTION_RULES,
  ...OBFUSCATION_RULES,
  ...PERSISTENCE_RULES,
  ...PRIVILEGE_RULES,
  ...RESOURCE_RULES,
  ...SUPPLY_CHAIN_RULES,
  ...TOOL_RULES,
  ...ARCHIVE_RULES,
  ...BINARY_RULES,
  ...BYTECODE_RULES,
  ...SIGNATURE_RULES,
];
