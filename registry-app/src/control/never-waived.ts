import { listRules } from "../skill/index.ts";

/** Rules about what a skill's folder may hold at all: links, sizes, names that clients cannot take. */
const TREE = /^tree\./;
/** A refusal's code: such a tag became no version, so that nothing of it could be waived. */
const CODE = /^[A-Z]+(?:_[A-Z]+)*$/;
const NEVER: ReadonlySet<string> = new Set([
  ...listRules().flatMap(({ id }) => (TREE.test(id) ? [id] : [])),
  // The clauses of a signature by name, should a check ever report one as a finding.
  "object",
  "signature",
  "key",
  "certificate",
  "validity",
  "revocation",
  "team",
  "tagger",
  "date",
]);

/** Whether no word in the control repo makes this rule not count: signatures, revoked keys, and what a folder may hold. */
export function isNeverWaived(rule: string): boolean {
  return NEVER.has(rule) || TREE.test(rule) || CODE.test(rule);
}
