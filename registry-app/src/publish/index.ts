/** From a sighted tag to a published version: judge, admit, decide, release, and the registry log. */
export { admitTags, type AdmitDeps } from "./admit-tags.ts";
export { applyLaw, listReached, type LawApplied, type LawDeps } from "./apply-law.ts";
export { isSamePerson, listWaiversInForce } from "./approvals.ts";
export { listCodes, remedyFor, TAG_CODES, type CodePage, type TagCode } from "./codes.ts";
export { decide, type Decision } from "./decide.ts";
export { decideVersion, type DecideDeps } from "./decide-version.ts";
export {
  findReplayedLines,
  findStoredLines,
  gatherEvidence,
  type EvidenceDeps,
} from "./evidence.ts";
export { listDamage, type InspectDeps } from "./inspect.ts";
export { createPushJudge, type PushDeps } from "./judge-push.ts";
export { createLogProofs, type LogProofs } from "./log-proofs.ts";
export { CHECKPOINT_PATH, readNewestCheckpoint } from "./newest-checkpoint.ts";
export { recordCheck, recordCheckIn, type CheckReport, type RecordDeps } from "./record-check.ts";
export {
  appendFirstSync,
  appendToLog,
  createRegistryLog,
  type RegistryLog,
  type RegistryLogDeps,
} from "./registry-log.ts";
export { releaseVersion, type ReleaseDeps } from "./release.ts";
export { acceptRollout, rescanStep, restartRollout, type RescanDeps } from "./rescan.ts";
export { nameEngine, parseEngine, parseReport, type ScanEngine } from "./scan-report.ts";
export { recordObservation, restoreScans, scanVersion, type ScanDeps } from "./scan-version.ts";
export {
  isRollingOut,
  listRollouts,
  listUnscanned,
  listVersionIds,
  type Rollout,
} from "./store/scans.ts";
export type { PendingCheck } from "./store/verdicts.ts";
export { hasLapsed } from "./store/standings.ts";
export { storeDir } from "./store-dir.ts";
export { MAX_TAR_BYTES } from "./store-version.ts";
export { findReleaseFacts, listUndecided } from "./store/decisions.ts";
export { findLoggedLaw, listLawOutcomes } from "./store/log-entries.ts";
export { listPublishedAfter, listTarsInUse } from "./store/published.ts";
export {
  listUnreported,
  putReported,
  putUnreported,
  type TagFacts,
  type VersionFacts,
} from "./store/host-reports.ts";
export { hostHealth, type HealthDetail, type HealthName, type HostHealth } from "./host-health.ts";
export {
  listRedeliveries,
  putHealth,
  putRedelivery,
  readHostHealth,
  type Redelivery,
} from "./store/host-health.ts";
export {
  listUnreleased,
  putHostRelease,
  putUnreleased,
  type HostReleaseFacts,
} from "./store/host-releases.ts";
export { approveHead, findAskedOf, forgetTold, type AskedOf } from "./store/asked-of.ts";
export {
  answerAsk,
  findAllowedAsk,
  listAsks,
  putAsk,
  putOffAsk,
  type HostAsk,
} from "./store/host-asks.ts";
export { reviewOwners, type OwnersDeps, type OwnersReviewed } from "./owners/review-owners.ts";
export type {
  Membership,
  MergedPull,
  OwnerAnswers,
  OwnerQuestions,
  OwnerReviewed,
} from "./owners/owner-review.ts";
export { asksForOwners } from "./weigh.ts";
export {
  findOwnerReview,
  hurryOwners,
  listOwnersAsked,
  putOwnerAnswers,
  putOwnerQuestions,
  putOwnersUnanswered,
  putOwnersVerdict,
  type OwnersAsked,
} from "./store/owner-reviews.ts";
export { judgePull, type PullAsked, type PullDeps } from "./judge-pull.ts";
export type { PulledSkill, PullReport } from "./pull-report.ts";
export { foreseeSigner, type SignerDeps, type SignerReadiness } from "./signer-readiness.ts";
export {
  findPull,
  findPullSarif,
  listJudgedPulls,
  listPullLooks,
  listSkillVersions,
  listUnreportedPulls,
  putPullLook,
  putPullReport,
  putPullReported,
  putPulls,
  putPullSigner,
  putPullUnreported,
  type ListedPull,
  type PullEvals,
  type PullFacts,
} from "./store/pulls.ts";
export { listHeld, type HeldVersion } from "./store/held.ts";
export { findImport, type Import } from "./store/imports.ts";
export { findSkillAccess, hasNoTags, listSourcesWithPendingTags } from "./store/facts.ts";
export { readLog, type LogRead, type LogReading } from "./read-log.ts";
export { replayLog, type Replayed, type ReplayDeps } from "./replay.ts";
export type { LogFact, LoggedFact, LogFault } from "./log-lines.ts";
