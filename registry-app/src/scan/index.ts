/** Pure judging of a skill's files: facts, rules, score. No I/O but loading the grammars; input is hostile. */
export { openScanner, type PackedScanner, type Scanner } from "./open-scanner.ts";
export { addFindings, type AddedFinding } from "./add-findings.ts";
export type { AdvisorySnapshot } from "./advisories/advisory.ts";
export { BUNDLED_SNAPSHOT } from "./advisories/bundled-snapshot.ts";
export { parseAdvisories, type AdvisoryReading } from "./advisories/parse-advisories.ts";
export { compareCapabilities } from "./capabilities/compare-capabilities.ts";
export type { FileCoverage } from "./inventory/scan-file.ts";
export {
  addObservation,
  addRecordedFindings,
  compareObserved,
} from "./observed/add-observation.ts";
export { observation, type Observation } from "./observed/seen.ts";
export type { HostComparison } from "./observed/to-observed-findings.ts";
export { OBSERVED_RULES } from "./observed/observed-rules.ts";
export type { NamedPackage } from "./list-packages.ts";
export { makeVisible } from "./report/redact.ts";
export { toSarif, type SarifLog, type SarifSubject, type SarifWaiver } from "./report/sarif.ts";
export { unreadReport } from "./report/unread-report.ts";
export { ALL_RULES } from "./rules/list-rules.ts";
export type { Rule, RuleFacts } from "./rules/rule.ts";
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
