/** The GitHub App: what its webhooks give reason to look at, and what is reported as checks. */
export { addressesOf, repoOf, type Addresses } from "./addresses.ts";
export { connectGithub, type GithubWish } from "./connect.ts";
export { toHintedRepos } from "./hints.ts";
export { startReporting, type Reporting, type ReportDeps } from "./reporting.ts";
