import type { ControlSnapshot } from "../control/index.ts";
import { findCompromise } from "../trust/index.ts";

/** What the law says of a version after it was published; `good` is what it says of nearly all. */
export type Standing =
  | { readonly kind: "good" }
  | { readonly kind: "yanked"; readonly reason: string }
  | { readonly kind: "quarantined"; readonly reason: string };

export type StandingFacts = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  /** Fingerprint. */
  readonly signerKey: string;
  readonly signerPrincipal: string;
  readonly firstSeenAt: Date;
};

/**
 * A version is quarantined when its key was compromised at the time it was first seen, and yanked when a yank names it;
 * quarantine outranks. The tagger's date plays no part, since whoever holds a stolen key writes it.
 */
export function standingOf(
  law: Pick<ControlSnapshot, "revoked" | "yanks">,
  version: StandingFacts,
): Standing {
  const signer = { keys: [version.signerKey], principal: version.signerPrincipal };
  const compromise = findCompromise(law.revoked, signer, version.firstSeenAt);
  if (compromise !== undefined) {
    const since = compromise.since.toISOString();
    return {
      kind: "quarantined",
      reason: `the signing key ${version.signerKey} is compromised since ${since}: ${compromise.reason}`,
    };
  }
  const coordinate = `${version.team}/${version.skill}`;
  const yank = law.yanks.find((one) => one.skill === coordinate && one.version === version.version);
  return yank === undefined ? { kind: "good" } : { kind: "yanked", reason: yank.reason };
}
