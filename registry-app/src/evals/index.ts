/** Evaluations: cases as files of the skill, run in the sandbox, graded here, and their rows. */
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
  listClaimable,
  listUnanswered,
  queueVersions,
  type ClaimedRun,
  type WantedRuns,
} from "./store/queue.ts";
export type { CaseRow, StartedCase } from "./store/results.ts";
export {
  caseDetail,
  caseLog,
  runReport,
  type CaseDetail,
  type CaseLog,
  type RunReport,
} from "./stored-report.ts";
