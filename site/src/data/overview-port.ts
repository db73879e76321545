import type { Checks, Timestamp, VersionRef } from "./port.ts";

export interface Release extends VersionRef {
  readonly description: string;
  readonly digest: string;
  readonly checks: Checks;
  readonly publishedAt: Timestamp;
}

export interface Refusal {
  readonly source: string;
  readonly tag: string;
  readonly code: string;
  readonly reason: string;
  readonly decidedAt: Timestamp;
}

export interface Overview {
  readonly counts: {
    readonly skills: number;
    readonly versions: number;
    readonly teams: number;
    readonly sources: number;
    readonly tags: number;
    readonly refused: number;
  };
  /** Newest first, at most ten each. */
  readonly releases: readonly Release[];
  readonly refusals: readonly Refusal[];
}
