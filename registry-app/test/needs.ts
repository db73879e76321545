import { describe } from "vitest";

type Capability = "redis" | "postgres" | "ssh-keygen" | "gpg" | "chromium";

/**
 * A suite that only runs where the machine offers `capability` (scripts/capabilities.mjs probes it and prints the skip).
 * Run without that script, nothing counts as absent: the suite then fails with its own reason.
 */
export function describeWith(capability: Capability): typeof describe | typeof describe.skip {
  const probed = process.env["ASSAY_TEST_HAVE"];
  return probed === undefined || probed.split(",").includes(capability) ? describe : describe.skip;
}
