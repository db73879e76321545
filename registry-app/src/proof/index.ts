/** Proofs for consumers: signed checkpoints of the registry log, the evidence of a version, the lock file; all of it pure. */
export {
  checkEvidence,
  type EvidenceCheck,
  type EvidenceDeps,
  type Proven,
} from "./check-evidence.ts";
export { formatSignedState, parseSignedState, type SignedState } from "./checkpoint.ts";
export { compareFolder, type FoundEntry } from "./compare-folder.ts";
export {
  checkpointSchema,
  evidenceSchema,
  type CheckpointAnswer,
  type Evidence,
  type EvidenceAnswer,
  type LineProof,
} from "./evidence.ts";
export type { Fault } from "./fault.ts";
export { growLineTree, type LineTree } from "./line-tree.ts";
export {
  EMPTY_LOCK,
  evidenceOf,
  findRollback,
  formatLock,
  parseLock,
  withNews,
  type Lock,
  type News,
} from "./lock.ts";
export { chooseKeys, findCheckpointFault, type KeyChoice } from "./registry-keys.ts";
