/** Whose signature a tag carries, whether that person may release from this source, and whether trust in them was withdrawn. */
export { certificateFacts } from "./judge-ssh.ts";
export { authorise, type AuthoriseFacts } from "./authorise.ts";
export {
  findCompromise,
  findRevocation,
  isCompromised,
  type Compromise,
  type SignerFacts,
} from "./revocations.ts";
export { verdictKey, type VerdictBasis } from "./verdict-key.ts";
export { verifyTagInRepo, type VerifyTagInRepo } from "./verify-tag-in-repo.ts";
export { verifyTag } from "./verify-tag.ts";
export type * from "./types.ts";
