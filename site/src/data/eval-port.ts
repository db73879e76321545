/** What the pages of evals ask of the core, and the one thing that they do. */
export interface EvalPort {
  evals(team: string, name: string, version: string): Promise<VersionEvals | null>;
  evalCase(team: string, name: string, version: string, id: string): Promise<EvalCasePage | null>;
  /** Null also when one of the two was never run. */
  evalComparison(
    team: string,
    name: string,
    version: string,
    against: string,
  ): Promise<EvalComparison | null>;
  /** Whether the viewer may ask for another run. */
  mayRunEvals(team: string, name: string, version: string): Promise<boolean>;
  /** Asks for another run; a sentence when that cannot be. */
  runEvals(team: string, name: string, version: string): Promise<string | null>;
}

export type EvalStatus =
  "running" | "passed" | "failed" | "timeout" | "errored" | "skipped" | "ungraded";

export interface EvalRun {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "cancelled";
  readonly reason: "tag" | "pull-request" | "re-run" | "no-sandbox" | "errored";
  readonly status: "passed" | "failed" | "errored" | "skipped" | "ungraded" | null;
  readonly outcome: string | null;
  readonly summary: string;
  readonly attempt: number;
  /** Runs that come before it, while it waits. */
  readonly before: number | null;
  readonly report: {
    readonly unavailable: string | null;
    readonly isolation: {
      readonly kind: string;
      readonly engine: string;
      readonly image: string;
      readonly cgroup: number;
      readonly runner: string;
    } | null;
    readonly warnings: readonly string[];
  } | null;
  readonly createdAt: string;
  readonly notBefore: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface EvalCase {
  readonly id: string;
  readonly arm: "with-skill" | "no-skill" | "previous-version";
  readonly name: string;
  readonly kind: "script" | "agent" | "trigger";
  readonly status: EvalStatus;
  readonly isRequired: boolean;
  readonly isFlaky: boolean;
  readonly trials: number;
  readonly passedTrials: number;
  readonly durationMs: number | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly isCached: boolean;
  readonly hasLog: boolean;
  readonly detail: EvalDetail | null;
}

export interface EvalDetail {
  readonly because: string | null;
  readonly asked: string;
  readonly trials: readonly EvalTrial[];
}

export interface EvalTrial {
  readonly number: number;
  readonly status: EvalStatus;
  readonly end: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number | null;
  readonly checks: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly expected: string;
    readonly actual: string;
    readonly isRequired: boolean;
  }[];
  readonly notes: readonly string[];
}

export interface VersionEvals {
  readonly runs: readonly EvalRun[];
  readonly cases: readonly EvalCase[];
}

interface Stream {
  readonly base64: string;
  readonly totalBytes: number;
}

export interface EvalLogTrial {
  readonly number: number;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly files: readonly {
    readonly path: string;
    readonly kind: string;
    readonly sizeBytes: number;
  }[];
  readonly transcript: string | null;
}

export interface EvalCasePage {
  readonly run: EvalRun;
  readonly arms: readonly (EvalCase & {
    readonly log: { readonly trials: readonly EvalLogTrial[] } | null;
  })[];
  /** How often runs of the very same input disagree with the one before, from 0 to 1; null below two runs. */
  readonly sameInput: { readonly runs: number; readonly flipRate: number | null };
  readonly history: readonly {
    readonly version: string;
    readonly status: EvalStatus;
    readonly durationMs: number | null;
    readonly peakMemoryBytes: number | null;
    readonly isFlaky: boolean;
    readonly finishedAt: string;
  }[];
}

interface ComparedCase {
  readonly status: EvalStatus;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly isFlaky: boolean;
}

export interface EvalComparison {
  readonly version: string;
  readonly against: string;
  readonly cases: readonly {
    readonly id: string;
    readonly name: string;
    readonly before: ComparedCase | null;
    readonly after: ComparedCase | null;
    readonly change: "same" | "mended" | "broken" | "other" | "added" | "removed";
  }[];
}
