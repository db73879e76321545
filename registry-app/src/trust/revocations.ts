import { type Revocation, revocationKey, type Revocations } from "../control/index.ts";

/** Who stood behind a signature, as the verdict had it. */
export type SignerFacts = {
  /** Fingerprints of the keys that took part: the key, and for OpenPGP the subkey that signed. */
  readonly keys: readonly string[];
  readonly principal?: string;
  readonly certificate?: {
    /** Fingerprint of the authority's key. */
    readonly authority: string;
    readonly serial: string;
    readonly keyId: string;
  };
};

export type Compromise = Extract<Revocation, { kind: "compromised" }>;

/** The first revocation that takes trust from a tag first seen at that time; pure. */
export function findRevocation(
  revocations: Revocations,
  facts: SignerFacts,
  firstSeenAt: Date,
): Revocation | undefined {
  return listRevocations(revocations, facts).find(
    ({ since }) => since === null || firstSeenAt >= since,
  );
}

/** The compromise that puts what was first seen at that time in doubt, though it was accepted and published; pure. */
export function findCompromise(
  revocations: Revocations,
  facts: SignerFacts,
  firstSeenAt: Date,
): Compromise | undefined {
  return listRevocations(revocations, facts).find(
    (one): one is Compromise => one.kind === "compromised" && firstSeenAt >= one.since,
  );
}

/** Whether `findCompromise` finds one. */
export function isCompromised(
  revocations: Revocations,
  facts: SignerFacts,
  firstSeenAt: Date,
): boolean {
  return findCompromise(revocations, facts, firstSeenAt) !== undefined;
}

/** A revoked authority takes every certificate with it. */
function listRevocations(revocations: Revocations, facts: SignerFacts): readonly Revocation[] {
  if (revocations.size === 0) return [];
  const { keys, principal, certificate } = facts;
  const subjects = keys.map((fingerprint) => revocationKey({ kind: "key", fingerprint }));
  if (principal !== undefined) subjects.push(revocationKey({ kind: "principal", principal }));
  if (certificate !== undefined) {
    const { authority, serial, keyId } = certificate;
    subjects.push(revocationKey({ kind: "key", fingerprint: authority }));
    subjects.push(revocationKey({ kind: "serial", authority, serial }));
    subjects.push(revocationKey({ kind: "key-id", authority, keyId }));
  }
  return subjects.flatMap((subject) => revocations.get(subject) ?? []);
}
