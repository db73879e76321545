import { decodeUstar } from "../../src/blobs/index.ts";
import type { ScanEngine } from "../../src/publish/index.ts";
import { createSemanticReviewer, openClamd, type Reviewer } from "../../src/reviewers/index.ts";
import type { Clock, Config, Ids, Log } from "../../src/runtime/index.ts";
import { addFindings } from "../../src/scan/index.ts";
import { readAdvisoriesFile } from "../scan/read-advisories.ts";
import { openModel } from "./open-model.ts";
import { openScan, type ScanPool } from "./open-scan.ts";

/** The scanner with every reviewer whose address is configured; refuses the start when one is not there. */
export async function openReviewedScan(core: {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly config: Pick<Config, "advisoriesFile" | "clamdUrl" | "model" | "modelReviews">;
}): Promise<ScanPool> {
  const { advisoriesFile, clamdUrl, modelReviews } = core.config;
  const own = advisoriesFile === undefined ? undefined : readAdvisoriesFile(advisoriesFile);
  if (own !== undefined && own.skipped > 0)
    core.log.warn(
      { skipped: own.skipped },
      "advisories that could not be understood were left out",
    );
  const model = modelReviews ? openModel(core) : null;
  const reviewers = [
    ...(clamdUrl === undefined ? [] : [await openClamd({ url: clamdUrl })]),
    ...(model === null ? [] : [createSemanticReviewer({ ...core, model })]),
  ];
  const advisories = own === undefined ? {} : { advisories: own.snapshot };
  return withReviewers(await openScan({ log: core.log, ...advisories }), reviewers);
}

/**
 * The scanner, and after it each reviewer, one after the other. One that does not answer makes the scan throw: nothing
 * is recorded, and the queue asks again.
 */
export function withReviewers<T extends ScanEngine>(
  scanner: T,
  reviewers: readonly Reviewer[],
): T & { readonly reviewers: readonly string[] } {
  return {
    ...scanner,
    reviewers: reviewers.map(({ name, version }) => `${name}-${version}`),
    async scan(tar, today) {
      let report = await scanner.scan(tar, today);
      if (reviewers.length === 0) return report;
      const files = decodeUstar(tar);
      for (const reviewer of reviewers) {
        const review = await reviewer.review(files, report);
        if (review.kind === "unavailable")
          throw new Error(`${reviewer.name} did not answer: ${review.because}`);
        report = addFindings(report, review.findings, review.gaps);
      }
      return report;
    },
  };
}
