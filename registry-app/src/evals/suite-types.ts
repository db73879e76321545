import type { Isolation, Opening } from "@assay/sandbox";
import type { ArchiveFile } from "../blobs/index.ts";
import type { EvalArm, EvalRunStatus, Outcome } from "../db/index.ts";
import type { Model } from "../model/index.ts";
import type { Clock, Ids } from "../runtime/index.ts";
import type { EvalFinding } from "./evaluate-next.ts";
import type { Suite } from "./format/types.ts";
import type { Lift } from "./lift.ts";
import type { AgentRunner } from "./ports.ts";
import type { CachedResult, CaseRow, StartedCase } from "./store/results.ts";
import type { CaseLog } from "./stored-report.ts";

/** The row of a case, with its log where it was really run; `logSha256` is known only of what was kept earlier. */
export type CaseResult = CaseRow & { readonly log: CaseLog | null };

/** What came of all cases of one skill. */
export type EvalReport = {
  readonly status: EvalRunStatus;
  readonly outcome: Outcome;
  /** One line for pages and decisions. */
  readonly summary: string;
  readonly findings: readonly EvalFinding[];
  readonly cases: readonly CaseResult[];
  readonly lifts: readonly Lift[];
  readonly isolation: Isolation | null;
  /** Why nothing could be run; null when there was a sandbox. */
  readonly unavailable: string | null;
  readonly warnings: readonly string[];
};

export type SuiteDeps = {
  readonly opening: Opening;
  /** Grades by criteria; null where none is configured. */
  readonly model: Model | null;
  /** Runs agent and trigger cases; null where no model is configured. */
  readonly agent: AgentRunner | null;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onStarted: (started: StartedCase) => Promise<void>;
  readonly onResult: (result: CaseResult) => Promise<void>;
  /** A result that is kept under this key and may be used again. */
  readonly findCached: (key: string, arm: EvalArm) => Promise<CachedResult | undefined>;
};

/** A version of a skill, with every file of its folder. */
export type SkillFiles = {
  readonly name: string;
  readonly description: string;
  readonly files: readonly ArchiveFile[];
};

export type SuiteInput = {
  /** Names the run in labels and logs. */
  readonly runId: string;
  readonly skill: SkillFiles;
  /** What `previous_version` is compared with; null when there is none. */
  readonly previous: SkillFiles | null;
  readonly suite: Suite;
  readonly signal?: AbortSignal | undefined;
  /** After this long no further case is begun. */
  readonly maxRunMs?: number;
};
