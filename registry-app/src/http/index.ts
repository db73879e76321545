/** Everything that is asked over HTTP: API, webhooks, git, install indexes, metrics, and the mounted site. */
export { createServer } from "./create-server.ts";
export type { LawReader } from "./deps.ts";
export type { EvalRuns, WantedVersion } from "./eval-runs.ts";
export type {
  GithubIntake,
  HookAnswer,
  HookTarget,
  HookTargets,
  Hosting,
  HostedRepo,
  Route,
  Server,
  ServerDeps,
  SiteMount,
} from "./deps.ts";
