import type { Outcome, Timestamp } from "./port.ts";
import type { EvalStatus } from "./eval-port.ts";

export interface PullFinding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  /** From the skill's folder. */
  readonly file: string;
  readonly line: number;
  readonly fix?: string | undefined;
}

/** What the next release of one skill would come to. */
export interface PulledSkill {
  /** From the root of the repo; empty for the root itself. */
  readonly folder: string;
  readonly name: string | null;
  readonly isPublishable: boolean;
  /** Why it could not be read at all. */
  readonly problem: string | null;
  readonly findings: readonly PullFinding[];
  readonly scan: {
    readonly verdict: "pass" | "review" | "warn" | "block" | "incomplete";
    readonly score: number;
    /** Findings that the base has too. */
    readonly known: number;
    readonly added: readonly PullFinding[];
    /** What it is able to do that the base is not. */
    readonly gained: readonly string[];
    readonly gaps: readonly string[];
  } | null;
  readonly release: {
    readonly previous: string | null;
    readonly bump: string;
    readonly version: string | null;
    readonly tag: string | null;
    readonly notes: readonly string[];
  } | null;
  readonly digest: string | null;
}

export interface PullEvals {
  readonly skill: string;
  readonly folder: string;
  readonly state: "queued" | "running" | "done" | "cancelled";
  readonly outcome: Outcome | null;
  readonly summary: string;
  /** The released version whose newest run the cases are beside; null: there is none. */
  readonly against: string | null;
  readonly cases: readonly {
    readonly name: string;
    readonly status: EvalStatus;
    readonly isRequired: boolean;
    readonly durationMs: number | null;
    readonly change: "same" | "mended" | "broken" | "added" | "unknown" | null;
  }[];
  /** Cases that only that version has. */
  readonly removed: readonly string[];
}

/** Whether the author of the newest commit could sign the release. */
export interface PullSigner {
  /** `likely`: nothing speaks against it, and no key was tried. */
  readonly kind: "ready" | "likely" | "unready";
  readonly says: string;
  /** A command, for the author or for an admin. */
  readonly help: string | null;
}

export interface PullPage {
  readonly source: string;
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly isFork: boolean;
  readonly isOpen: boolean;
  /** Whether the report is of this head. */
  readonly isJudged: boolean;
  readonly judged: string | null;
  readonly judgedAt: Timestamp | null;
  readonly seenAt: Timestamp;
  readonly report: { readonly skills: readonly PulledSkill[]; readonly leftOut: number } | null;
  readonly signer: PullSigner | null;
  readonly evals: readonly PullEvals[];
}
