/** Engines elsewhere that may add findings to a finished scan: a virus scanner, a model. Off by default. */
export type { Review, ReviewedFile, Reviewer } from "./reviewer.ts";
