import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Repo } from "./addresses.ts";
import { statusOf, type Octokit } from "./connect.ts";
import { isTurnedAway } from "./plan-retry.ts";

/** What a scan found, for GitHub's page of security alerts. */
export type SarifUpload = {
  readonly commitOid: string;
  /** `refs/heads/…` or `refs/pull/N/head`: alerts are of a branch or a pull request. */
  readonly ref: string;
  /** SARIF 2.1.0. */
  readonly sarif: string;
};

/** GitHub takes 10 MB after compression. */
const MAX_BYTES = 10_000_000;
const pack = promisify(gzip);

/**
 * Uploads the result of a scan unless this very one was uploaded before; gives what to call it by the next time. Where code
 * scanning is not to be had (a private repo without the licence, a server without it, a file that is too large) there is
 * nothing to try again: the checks say the same.
 */
export async function sendSarif(
  octokit: Octokit,
  { owner, name: repo }: Repo,
  { commitOid, ref, sarif }: SarifUpload,
  told: string | undefined,
): Promise<string> {
  const digest = createHash("sha256").update(`${commitOid} ${ref} ${sarif}`).digest("hex");
  if (told === digest) return told;
  const packed = await pack(sarif);
  if (packed.length > MAX_BYTES) return digest;
  try {
    await octokit.rest.codeScanning.uploadSarif({
      owner,
      repo,
      commit_sha: commitOid,
      ref,
      sarif: packed.toString("base64"),
    });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
  }
  return digest;
}

/** Whether GitHub will not have it here, now or later; a token that ended is another matter. */
function isRefusal(cause: unknown): boolean {
  const status = statusOf(cause);
  if (status === 413 || status === 422) return true;
  return status !== 401 && isTurnedAway(cause);
}
