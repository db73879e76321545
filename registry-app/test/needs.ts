import { describe, expect, it } from "vitest";

type Capability =
  "redis" | "ssh-keygen" | "gpg" | "chromium" | "sshd" | "docker" | "bubblewrap" | "clamd";

/**
 * A suite that only runs where the machine offers `capability` (scripts/capabilities.mjs probes it and prints the skip).
 * Run without that script, nothing counts as absent: the suite then fails with its own reason.
 */
export function describeWith(capability: Capability): (name: string, body: () => void) => void {
  const probed = process.env["ASSAY_TEST_HAVE"];
  if (probed === undefined || probed.split(",").includes(capability)) return describe;
  // The body is not even collected, since it may use what is absent while it sets out its tests.
  const skipped = describe.skip;
  const needs = () => it(`needs ${capability}`, () => expect(probed).toContain(capability));
  return (name) => {
    skipped(name, () => {
      needs();
    });
  };
}
