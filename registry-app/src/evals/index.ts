/** Evaluations: cases as files of the skill, run in the sandbox, graded here, and their rows. */
export { createAgentRunner, type AgentDeps } from "./agent/create-agent-runner.ts";
export {
  createCommandRunner,
  type CommandDeps,
  type Harness,
} from "./agent/create-command-runner.ts";
export {
  evaluateNext,
  type EvalFinding,
  type EvaluateDeps,
  type SuiteEvents,
  type SuiteResult,
} from "./evaluate-next.ts";
export {
  cancelRun,
  EVALS_FILE,
  findOpenRun,
  hasEvals,
  listClaimable,
  isSandboxMissed,
  queueUnanswered,
  queueVersions,
  type ClaimedRun,
  type WantedRuns,
} from "./store/queue.ts";
export { queuePull, rerunPull, type WantedPullRun } from "./store/pull-queue.ts";
export type { CaseRow, StartedCase } from "./store/results.ts";
export {
  caseDetail,
  caseLog,
  runReport,
  type CaseDetail,
  type CaseLog,
  type RunReport,
} from "./stored-report.ts";
export { evaluateSkill, type EvaluateInput, type Evaluation } from "./evaluate-skill.ts";
export { makeEvalsSchema } from "./format/json-schema.ts";
export { DEFAULT_POLICY, type LimitPolicy } from "./format/limits.ts";
export { parseEvals, type ParseOptions } from "./format/parse-evals.ts";
export type {
  AgentCase,
  EvalCase,
  FormatFinding,
  Grader,
  ScriptCase,
  Suite,
  SuiteReading,
  TriggerCase,
} from "./format/types.ts";
export { evalKey, type KeyInput } from "./key.ts";
export { computeLift, sayLift, type ArmTrials, type Lift } from "./lift.ts";
export type { AgentRun, AgentRunner, AgentTask, AgentTrace } from "./ports.ts";
export { createSuiteRunner, type StoredDeps } from "./run-stored.ts";
export { reportInvalid, runSuite } from "./run-suite.ts";
export { flipRate, foldTrials, toOutcome, type CaseFold, type JudgedCase } from "./statuses.ts";
export type { CaseResult, EvalReport, SkillFiles, SuiteDeps, SuiteInput } from "./suite-types.ts";
export type { Watched, WatchedCase } from "./watch-suite.ts";
