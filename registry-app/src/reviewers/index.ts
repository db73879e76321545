/** Engines elsewhere that may add findings to a finished scan: a virus scanner, a model. Off by default. */
export { openClamd, type ClamdWish } from "./clamd/open-clamd.ts";
export { createSemanticReviewer, type SemanticDeps } from "./semantic/create-semantic-reviewer.ts";
export { REVIEWER_RULES } from "./reviewer-rules.ts";
export type { Review, ReviewedFile, Reviewer } from "./reviewer.ts";
