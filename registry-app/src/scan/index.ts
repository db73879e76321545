/** Pure judging of a skill's files: facts, rules, score. No I/O but loading the grammars; input is hostile. */
export { openScanner, type Scanner } from "./open-scanner.ts";
export type { ScanOptions } from "./scan.ts";
export type {
  Capability,
  ChainStep,
  Confidence,
  Coverage,
  Engine,
  Owasp,
  Risk,
  RuleFamily,
  ScanFinding,
  ScanReport,
  ScanSeverity,
  Verdict,
} from "./types.ts";
