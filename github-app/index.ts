/** The GitHub App: what its webhooks give reason to look at, and what is reported as checks. */
export { addressesOf, repoOf, type Addresses } from "./addresses.ts";
export { connectGithub, type GithubWish } from "./connect.ts";
export { toHintedRepos } from "./hints.ts";
export { startReporting, type Reporting, type ReportDeps } from "./reporting.ts";
export { watchLimits } from "./limits.ts";
export { startNoting } from "./noting.ts";
export { startSweeping } from "./sweeping.ts";
export { EXTRAS } from "./set-up/manifest.ts";
export { serveSetUp, type SetUpWish } from "./set-up/serve-set-up.ts";
export { serveHealth } from "./set-up/serve-health.ts";
export type { HealthRow } from "./set-up/page.ts";
export type { NewApp } from "./set-up/exchange.ts";
export { toAsked, type Asked } from "./asks.ts";
export { toHintedOrg } from "./orgs.ts";
