import type { ControlSnapshot } from "../control/index.ts";
import { findCompromise } from "../trust/index.ts";
import type { VersionSigner } from "./types.ts";

/** What the law says of a version after it was published; `good` is what it says of nearly all. */
export type Standing =
  | { readonly kind: "good" }
  | { readonly kind: "yanked"; readonly reason: string }
  | { readonly kind: "quarantined"; readonly reason: string };

export type StandingFacts = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly signer: VersionSigner;
  readonly firstSeenAt: Date;
};

/**
 * A version is quarantined when its key was compromised at the time it was first seen, or when a waiver that it was
 * published with has `lapsed` and nothing stands in for it, and yanked when a yank names it;
 * quarantine outranks. The tagger's date plays no part, since whoever holds a stolen key writes it.
 */
export function standingOf(
  law: Pick<ControlSnapshot, "revoked" | "yanks">,
  version: StandingFacts,
  lapsed: string | null = null,
): Standing {
  const { key, certificate, ...signer } = version.signer;
  const facts = certificate === null ? signer : { ...signer, certificate };
  const compromise = findCompromise(law.revoked, facts, version.firstSeenAt);
  if (compromise !== undefined) {
    const since = compromise.since.toISOString();
    return {
      kind: "quarantined",
      reason: `the signing key ${key} is compromised since ${since}: ${compromise.reason}`,
    };
  }
  if (lapsed !== null) return { kind: "quarantined", reason: lapsed };
  const coordinate = `${version.team}/${version.skill}`;
  const yank = law.yanks.find((one) => one.skill === coordinate && one.version === version.version);
  return yank === undefined ? { kind: "good" } : { kind: "yanked", reason: yank.reason };
}
