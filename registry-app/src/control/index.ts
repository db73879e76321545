/** The control repo: sources, teams, trust, policy and yanks as law, under a root of trust that is pinned outside it. */
export { addApproval, addImport } from "./edit-approvals.ts";
export {
  acceptProposal,
  dropProposal,
  signPending,
  writeProposal,
  type Signing,
} from "./accept-proposal.ts";
export { addSource, addTeam, addYank, type NewSource, type NewTeam } from "./edit-control.ts";
export {
  addRevocation,
  readRevocation,
  revocationsOf,
  type NewRevocation,
} from "./edit-revocations.ts";
export { addSigner, removeSigner, removeTeamSigner, type NewSigner } from "./edit-signers.ts";
export { CONTROL_BRANCH } from "./control-caps.ts";
export { findRootName } from "./find-root-name.ts";
export {
  initControl,
  type InitControl,
  type OperatorKey,
  readOperatorKey,
} from "./init-control.ts";
export { judgeControlPush, type ControlPush } from "./judge-control-push.ts";
export { createLawMemory, NO_MEMORY } from "./law-memory.ts";
export { createLawHistory, type LawHistory, type PastLaw } from "./law-history.ts";
export { listPastLaws } from "./list-past-laws.ts";
export {
  dropLocalRevocations,
  listLocalRevocations,
  localRevocationsPath,
  revokeLocally,
  withLocalRevocations,
} from "./local-revocations.ts";
export { isNeverWaived } from "./never-waived.ts";
export { openControl, type ControlDeps, type OpenControl } from "./open-control.ts";
export { parseControl } from "./parse-control.ts";
export { type LawChange, planLaw } from "./plan-law.ts";
export { sayPlan } from "./say-plan.ts";
export {
  listProposals,
  proposalName,
  readLawAt,
  readProposal,
  type ProposalReading,
} from "./proposals.ts";
export { proposeChange, type ProposedChange, type Proposal } from "./propose-change.ts";
export { revocationKey } from "./revocations.ts";
export { findSingleAuthor, policyOf } from "./source-policy.ts";
export { isSlug } from "./schemas.ts";
export { eyesOf, toTold, viewLaw, type Eyes, type Known, type LawView } from "./view-law.ts";
export type * from "./types.ts";
