import type { Place } from "./facts.ts";
import type { FileCoverage } from "./inventory/scan-file.ts";

export type Verdict = "pass" | "review" | "warn" | "block" | "incomplete";
export type ScanSeverity = "critical" | "high" | "medium" | "low" | "info";
/** How surely it is so: seen to happen, a value followed, a structure parsed, words matched. */
export type Confidence = "observed" | "flow" | "structural" | "lexical";
/** Blast radius of what the skill is able to do, whether or not anything speaks against it. */
export type Risk = "none" | "low" | "medium" | "high";

/** OWASP Agentic Skills Top 10. */
export type Owasp =
  "AST01" | "AST02" | "AST03" | "AST04" | "AST05" | "AST06" | "AST07" | "AST08" | "AST09" | "AST10";

export type RuleFamily =
  | "prompt-injection"
  | "hidden-content"
  | "code-execution"
  | "obfuscation"
  | "credentials"
  | "exfiltration"
  | "persistence"
  | "privilege"
  | "supply-chain"
  | "tools"
  | "excessive-agency"
  | "social-engineering"
  | "resources"
  | "archive"
  | "network"
  | "harmful"
  | "poisoning"
  | "coverage";

/** One step of the chain that a finding rests on, source first. */
export type ChainStep = {
  readonly what: string;
  readonly file: string;
  readonly line: number;
  readonly evidence: string;
};

export type ScanFinding = {
  /** `exfiltration.secret-to-network` and the like. */
  readonly rule: string;
  readonly category: RuleFamily;
  readonly severity: ScanSeverity;
  readonly confidence: Confidence;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** The text that says so, secrets redacted, at most 200 characters. */
  readonly evidence: string;
  readonly remedy: string;
  readonly why: string;
  readonly owasp: readonly Owasp[];
  /** Rests on a known address, hash or name only, and would not be made without that list. */
  readonly isIndicator: boolean;
  readonly chain: readonly ChainStep[];
  /** Points that it takes from the score of 100. */
  readonly points: number;
  /** The same finding in another version has the same one: rule, file and evidence, without lines. */
  readonly fingerprint: string;
};

/** Something that the skill is able to do; shown, never blamed. */
export type Capability = {
  /** `network`, `run-programs`, `read-secrets`, `write-outside`, `install`, `schedule`, `elevate` … */
  readonly kind: string;
  /** Host, program, package or kind of path; null for the capability as such. */
  readonly detail: string | null;
  /** Whether allowed-tools, compatibility or the description say so. */
  readonly isDeclared: boolean;
  readonly file: string;
  readonly line: number;
};

export type Coverage = {
  readonly files: number;
  readonly analysed: number;
  /** Files that were read in part or not at all. */
  readonly gaps: readonly FileCoverage[];
  /** The advisory snapshot: when it was taken, or null when there is none. */
  readonly advisories: { readonly takenAt: string | null; readonly isStale: boolean };
};

export type Engine = {
  readonly version: string;
  /** SHA-256 in hex over every rule, pattern and list: another one judges anew. */
  readonly rules: string;
};

export type ScanReport = {
  readonly verdict: Verdict;
  readonly risk: Risk;
  /** 0 to 100; see docs/scanning.md for the formula. */
  readonly score: number;
  readonly capabilities: readonly Capability[];
  readonly findings: readonly ScanFinding[];
  readonly coverage: Coverage;
  /** Hosts that SKILL.md names: what it may be seen to turn to. Older reports have none. */
  readonly namedHosts?: readonly string[];
  readonly engine: Engine;
};

/** A match of a rule before it is weighed. */
export type Match = {
  readonly at: Place;
  readonly evidence: string;
  readonly message: string;
  readonly chain: readonly ChainStep[];
  /** When it differs from the rule's own. */
  readonly severity?: ScanSeverity;
  readonly confidence?: Confidence;
  /** The words have a second sign beside them, as where data is to go: they weigh the same on whatever page. */
  readonly isFirm?: boolean;
};
