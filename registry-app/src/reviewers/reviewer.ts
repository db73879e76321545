import type { AddedFinding, FileCoverage, ScanReport } from "../scan/index.ts";

/** One file of the skill, as it is served. */
export type ReviewedFile = { readonly path: string; readonly bytes: Uint8Array };

export type Review =
  | {
      readonly kind: "findings";
      readonly findings: readonly AddedFinding[];
      /** What it could not read or say; makes the version `incomplete`. */
      readonly gaps: readonly FileCoverage[];
    }
  /** It has no opinion now and is asked again; `because` is a sentence for people. */
  | { readonly kind: "unavailable"; readonly because: string };

/** An engine elsewhere that may add findings to a finished scan, and can take none away. */
export type Reviewer = {
  /** `clamd`, `semantic`. */
  readonly name: string;
  /** Short. Another signature database, model or way of asking has another one. */
  readonly version: string;
  readonly review: (files: readonly ReviewedFile[], report: ScanReport) => Promise<Review>;
};
