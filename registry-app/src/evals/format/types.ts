import type { Limits } from "@assay/sandbox";
import type { EvalKind } from "../../db/index.ts";

/** What the cases of a skill are, with nothing left open: defaults are filled in and files are found. */
export type Suite = {
  readonly skillName: string | null;
  readonly cases: readonly EvalCase[];
};

export type EvalCase = ScriptCase | AgentCase | TriggerCase;

export type PassRule =
  | { readonly kind: "all" | "any" | "majority" }
  | { readonly kind: "at-least"; readonly passes: number };

export type Baseline = "none" | "no-skill" | "previous-version";

type Common = {
  /** Stays the same across versions, so that history joins on it. */
  readonly id: string;
  readonly name: string;
  readonly kind: EvalKind;
  readonly tags: readonly string[];
  /** Why the author leaves it out; null when it is to be run. */
  readonly skip: string | null;
  readonly isRequired: boolean;
  readonly limits: Limits;
  readonly trials: number;
  readonly pass: PassRule;
  /** How often a trial that failed on our side is made again. */
  readonly retries: number;
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: readonly Input[];
  readonly graders: readonly Grader[];
  /** Where it stands in evals/evals.json. */
  readonly line: number;
};

export type ScriptCase = Common & {
  readonly kind: "script";
  readonly command: readonly string[];
  readonly stdin: Bytes;
  readonly expect: Expect;
};

export type AgentCase = Common & {
  readonly kind: "agent";
  readonly prompt: string;
  readonly baseline: Baseline;
  readonly maxTurns: number;
};

export type TriggerCase = Common & {
  readonly kind: "trigger";
  readonly query: string;
  readonly shouldTrigger: boolean;
};

/** Bytes that are written in the case, or a file of the skill's folder. */
export type Bytes =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly from: string };

/** A file that is laid into /work before the case starts. */
export type Input = {
  readonly path: string;
  readonly bytes: Bytes;
  readonly isExecutable: boolean;
};

export type Pattern = { readonly source: string; readonly flags: string };

export type TextChecks = {
  readonly equals: Bytes | null;
  readonly contains: readonly string[];
  readonly notContains: readonly string[];
  readonly patterns: readonly Pattern[];
  /** What stands at a path of the text as JSON. */
  readonly json: readonly { readonly path: string; readonly value: unknown }[];
  readonly jsonSchema: JsonSchemaSource | null;
  readonly isEmpty: boolean | null;
};

export type JsonSchemaSource =
  | { readonly kind: "inline"; readonly schema: unknown }
  | { readonly kind: "file"; readonly from: string };

export type FileCheck = {
  readonly path: string;
  readonly exists: boolean;
  readonly minBytes: number | null;
  readonly maxBytes: number | null;
  readonly sha256: string | null;
  readonly text: TextChecks;
};

export type Expect = {
  readonly exitCodes: readonly number[] | "nonzero";
  readonly stdout: TextChecks;
  readonly stderr: TextChecks;
  readonly files: readonly FileCheck[];
  readonly hasNoOtherFiles: boolean;
  readonly maxDurationMs: number | null;
  readonly maxMemoryBytes: number | null;
};

type Graded = { readonly name: string; readonly weight: number; readonly isRequired: boolean };

export type Grader = Graded &
  (
    | { readonly kind: "text"; readonly target: TextTarget; readonly expect: TextChecks }
    | {
        readonly kind: "script";
        readonly command: readonly string[];
        readonly timeoutMs: number;
        readonly minScore: number;
      }
    | {
        readonly kind: "trace";
        readonly isSkillRead: boolean | null;
        readonly ran: readonly Pattern[];
        readonly notRan: readonly Pattern[];
        readonly maxToolCalls: number | null;
        readonly maxTokens: number | null;
      }
    | {
        readonly kind: "model";
        readonly criteria: readonly string[];
        /** Asked for by the case; null leaves the choice to the operator. */
        readonly model: string | null;
        readonly samples: number;
      }
  );

export type TextTarget =
  { readonly kind: "final" | "transcript" } | { readonly kind: "file"; readonly path: string };

/** Something that is wrong with evals/evals.json, and what to write instead. */
export type FormatFinding = {
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fix: string;
};

export type SuiteReading =
  | {
      readonly kind: "suite";
      readonly suite: Suite;
      /** Told and gone on with: what was cut to the policy's limits, a name that differs. */
      readonly warnings: readonly FormatFinding[];
    }
  | { readonly kind: "invalid"; readonly findings: readonly FormatFinding[] };
