/** Registry repos: what the control repo says of them, what git holds of them, and their history for changelogs. */
export { createCommitGraph, type CommitGraph, type IndexedCommit } from "./commit-graph.ts";
export { createCommitGraphs, indexCommits, type CommitGraphs } from "./commit-index.ts";
export { toCommitTime } from "./commit-time.ts";
export { removeCredential, setCredential, type NewCredential } from "./credentials.ts";
export {
  deriveHookSecret,
  findHookSecrets,
  rotateHookSecret,
  type HookSecrets,
} from "./hook-secrets.ts";
export { indexControl, type IndexDeps } from "./index-control.ts";
export type { SightedTag } from "./plan-sightings.ts";
export { sourceRepo, type SourceRepo } from "./repo-dirs.ts";
export {
  findSourceById,
  findSourceBySlug,
  insertTags,
  listCommitWords,
  listSightedTags,
  listSources,
  recordSynced,
  type CommitWords,
  type NewTag,
  type Source,
} from "./store.ts";
export { deriveSealKey } from "./seal.ts";
export { createLanes, type Lanes } from "./lanes.ts";
export { chanceOf, planLooks, waitAfter } from "./plan-looks.ts";
export { bringForward, forgetFailures, listDue, putDue } from "./store/looks.ts";
export { listSourcesNaming, noteHints, type Delivery, type SourceAt } from "./store/hints.ts";
export { isFrozen } from "./store/freezes.ts";
export {
  fetchPullHead,
  syncSource,
  type FetchDeps,
  type SyncDeps,
  type SyncResult,
} from "./sync.ts";
export { unfreezeSource } from "./unfreeze.ts";
