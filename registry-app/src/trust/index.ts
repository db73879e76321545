/** Whose signature a tag carries, and whether that person may release from this source. */
export { authorise, type AuthoriseFacts } from "./authorise.ts";
export { verifyTagInRepo, type VerifyTagInRepo } from "./verify-tag-in-repo.ts";
export { verifyTag, type TagToVerify } from "./verify-tag.ts";
export type * from "./types.ts";
