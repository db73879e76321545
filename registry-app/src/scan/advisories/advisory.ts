import type { Dependency, Ecosystem } from "../dependencies/dependency.ts";
import type { ScanSeverity } from "../types.ts";

/** Versions from `introduced` on, until before `fixed` or up to and with `lastAffected`; null is without end. */
export type AffectedRange = {
  readonly introduced: string;
  readonly fixed: string | null;
  readonly lastAffected: string | null;
};

export type Advisory = {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** As `Dependency.name`. */
  readonly package: string;
  readonly kind: "vulnerable" | "malicious";
  readonly severity: ScanSeverity;
  readonly summary: string;
  /** Both empty: every version. */
  readonly versions: readonly string[];
  readonly ranges: readonly AffectedRange[];
};

/** What is known of packages on one day. Plain data: the scan never asks anybody. */
export type AdvisorySnapshot = {
  /** ISO date and time. */
  readonly takenAt: string;
  readonly advisories: readonly Advisory[];
};

export type AdvisoryMatch = { readonly dependency: Dependency; readonly advisory: Advisory };
