// What the pages are told of the scanner and of what it found. Times are ISO 8601, UTC.

export type ScanSeverity = "critical" | "high" | "medium" | "low" | "info";
export type Confidence = "observed" | "flow" | "structural" | "lexical";

export interface ScanRule {
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly severity: ScanSeverity;
  readonly confidence: Confidence;
  readonly owasp: readonly string[];
  readonly why: string;
  readonly remedy: string;
}

export interface ChainStep {
  readonly what: string;
  readonly file: string;
  readonly line: number;
  readonly evidence: string;
}

export interface ScanFinding {
  readonly rule: string;
  readonly category: string;
  readonly severity: ScanSeverity;
  readonly confidence: Confidence;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** Empty while the version is not served. */
  readonly evidence: string;
  readonly remedy: string;
  readonly why: string;
  readonly owasp: readonly string[];
  readonly isIndicator: boolean;
  /** What it takes from the score of 100. */
  readonly points: number;
  /** From source to sink; empty when it rests on one place. */
  readonly chain: readonly ChainStep[];
}

/** Something that a version is able to do; shown, never blamed. */
export interface Capability {
  readonly kind: string;
  /** Host, program, package or path; null for the capability as such, and while the version is not served. */
  readonly detail: string | null;
  readonly isDeclared: boolean;
  readonly file: string;
  readonly line: number;
}

/** What a version was seen to do when its own script cases were run. */
export interface Observed {
  readonly watched: number;
  readonly unwatched: number;
  readonly hosts: {
    readonly declared: readonly string[];
    readonly undeclared: readonly string[];
    readonly unseen: readonly string[];
  };
  readonly secretsRead: readonly string[];
  readonly secretsSent: readonly string[];
  readonly programs: readonly string[];
  readonly writesOutsideWork: readonly string[];
  readonly notes: readonly string[];
  readonly observedAt: string;
}

export interface Scan {
  readonly verdict: "pass" | "review" | "warn" | "block" | "incomplete";
  /** How much harm could be done with what it is able to do. */
  readonly risk: "none" | "low" | "medium" | "high";
  readonly score: number;
  readonly capabilities: readonly Capability[];
  readonly findings: readonly ScanFinding[];
  readonly coverage: {
    readonly files: number;
    readonly analysed: number;
    readonly gaps: readonly {
      readonly file: string;
      readonly state: string;
      readonly because: string | null;
    }[];
    readonly advisories: { readonly takenAt: string | null; readonly isStale: boolean };
  };
  /** Null when nobody looked, and while the version is not served. */
  readonly observed: Observed | null;
  readonly engine: { readonly version: string; readonly rules: string };
  readonly scannedAt: string;
}

/** What the scan said against a version that was refused: where it is, never its text. */
export interface RefusedFinding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly fix: string | null;
}
