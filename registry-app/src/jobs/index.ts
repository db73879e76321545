/** Which job calls which functions, and the sweep that repairs what was lost. Glue only. */
export { EVALS_CHECK, evalHandlers, requestEvals, type EvaluatingDeps } from "./eval-handlers.ts";
export { createHandlers, reopener, type JobDeps } from "./handlers.ts";
export { startPatrol, type Patrol, type PatrolDeps } from "./patrol.ts";
export { checked, scanHandler, type ScanningDeps } from "./scan-handlers.ts";
export { startSweeping, type SweepDeps, type SweepPace, type Sweeping } from "./sweep.ts";
