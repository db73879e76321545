import type { Artifact, InputFile, RunResult } from "@assay/sandbox";
import type { EvalArm } from "../db/index.ts";
import type { AgentCase, TriggerCase } from "./format/types.ts";

/** One run of an agent over a case, with or without a skill. */
export type AgentTask = {
  /** Names the run in labels and logs. */
  readonly id: string;
  readonly of: AgentCase | TriggerCase;
  readonly arm: EvalArm;
  /** Offered by name and description, and put at /skill; null for the arm without one. */
  readonly skill: {
    readonly name: string;
    readonly description: string;
    readonly tar: Uint8Array;
  } | null;
  readonly inputs: readonly InputFile[];
  readonly signal: AbortSignal | undefined;
};

export type AgentTrace = {
  readonly kind: "ran";
  readonly end: "done" | "timeout" | "max-turns" | "oom";
  /** What the agent said last. */
  readonly final: string;
  /** All turns, as text. */
  readonly transcript: string;
  /** What it had run, each as one line of a shell. */
  readonly commands: readonly string[];
  readonly isSkillRead: boolean;
  readonly toolCalls: number;
  /** Null where the endpoint does not say. */
  readonly tokens: number | null;
  readonly files: readonly Artifact[];
  readonly notes: readonly string[];
  readonly durationMs: number;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
};

export type AgentRun =
  | AgentTrace
  | Extract<RunResult, { kind: "cancelled" | "errored" }>
  | { readonly kind: "skipped"; readonly because: string };

/** Who runs the cases that need an agent. */
export type AgentRunner = {
  /** Harness, model and its settings: all that can change what the agent does. */
  readonly id: string;
  runAgentCase(task: AgentTask): Promise<AgentRun>;
};
