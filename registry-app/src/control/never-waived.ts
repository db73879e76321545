import { listRules } from "../skill/index.ts";

/** Rules about what a skill's folder may hold at all: links, sizes, names that clients cannot take. */
const TREE = /^tree\./;
/** A refusal's code: such a tag became no version, so that nothing of it could be waived. */
const CODE = /^[A-Z]+(?:_[A-Z]+)*$/;
/** Of the scanner, by the beginning of a rule's id: where no good reason is known, and a waiver would be the attack. */
const SCAN: readonly string[] = [
  // Known by name or hash for what it did. A wrong entry is mended in the list, for everybody.
  "supply-chain.malicious-version",
  "malware.",
  // Whoever waives it cannot see what they let through; an editor can take it out.
  "hidden-content.invisible-text",
  "hidden-content.told-out-of-sight",
  // Gives the machine to somebody else, or takes it from its owner.
  "code-execution.reverse-shell",
  "resources.ransom",
];
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

/** Whether no word in the control repo makes this rule not count: signatures, revoked keys, what a folder may hold, known malware. */
export function isNeverWaived(rule: string): boolean {
  return (
    NEVER.has(rule) ||
    TREE.test(rule) ||
    CODE.test(rule) ||
    SCAN.some((beginning) => rule.startsWith(beginning))
  );
}
