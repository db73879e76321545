import type { Outcome } from "./port.ts";
import type { Scan, ScanSeverity } from "./scan-port.ts";

/** What the scans of the registry come to; the same shape as the API's summary. */
export interface SecuritySummary {
  readonly versions: number;
  readonly verdicts: readonly { readonly verdict: Outcome | "none"; readonly versions: number }[];
  readonly states: readonly { readonly state: string; readonly versions: number }[];
  readonly refused: { readonly days: number; readonly versions: number };
  readonly rules: readonly RuleCount[];
  readonly engine: {
    readonly name: string;
    readonly state: "shadow" | "waiting" | "accepted" | "in-force";
    readonly flips: number;
  } | null;
}

export interface RuleCount {
  readonly rule: string;
  readonly severity: ScanSeverity;
  readonly findings: number;
  readonly versions: number;
  readonly skills: number;
}

export interface FindingSearch {
  readonly rule?: string | undefined;
  readonly severity?: ScanSeverity | undefined;
  readonly verdict?: Scan["verdict"] | undefined;
  readonly team?: string | undefined;
  readonly page: number;
  readonly size: number;
}

export interface FoundFinding {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly verdict: Outcome | "none";
  readonly score: number | null;
  readonly rule: string;
  readonly severity: ScanSeverity;
  readonly file: string;
  readonly line: number;
}
