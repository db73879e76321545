import { type OpenPgpFault, verifyOpenPgp } from "../keys/index.ts";
import type { SignedTag } from "./judge-ssh.ts";
import { findRevocation, type SignerFacts } from "./revocations.ts";
import { held, untrusted } from "./say-verdict.ts";
import type { Clause, SignatureVerdict, TagToVerify, UntrustedCode } from "./types.ts";

type Fault = {
  readonly because: UntrustedCode;
  /** At which clause the judgement ended. */
  readonly clause: "signature" | "signer";
  readonly says: string;
};

const FAULTS: Record<OpenPgpFault, Fault> = {
  malformed: {
    because: "BAD_SIGNATURE",
    clause: "signature",
    says: "the OpenPGP signature is not one well-formed signature over binary data",
  },
  "bad-signature": {
    because: "BAD_SIGNATURE",
    clause: "signature",
    says: "the OpenPGP signature does not match the tag's content",
  },
  "signature-expired": {
    because: "BAD_SIGNATURE",
    clause: "signature",
    says: "the OpenPGP signature limits its own life, which was over when the tag was first seen",
  },
  "time-conflict": {
    because: "BAD_SIGNATURE",
    clause: "signature",
    says: "the OpenPGP signature is dated before its key was made, or after the tag was first seen",
  },
  "weak-hash": {
    because: "UNSUPPORTED_KEY",
    clause: "signature",
    says: "the OpenPGP signature rests on a hash that is not accepted: SHA-256 and stronger ones are",
  },
  "unsupported-key": {
    because: "UNSUPPORTED_KEY",
    clause: "signature",
    says: "the OpenPGP key is not accepted: it is DSA, RSA below 2048 bits or of an unknown kind, may not sign, or its own signatures rest on SHA-1",
  },
  "unknown-key": {
    because: "UNKNOWN_SIGNER",
    clause: "signer",
    says: "no file of trust/openpgp holds the OpenPGP key",
  },
  expired: {
    because: "KEY_EXPIRED",
    clause: "signer",
    says: "the OpenPGP key, or its subkey that signed, was not valid when the tag was first seen",
  },
  revoked: {
    because: "KEY_REVOKED",
    clause: "signer",
    says: "its owner has revoked the OpenPGP key, or its subkey that signed",
  },
  "no-principal": {
    because: "SIGNER_NOT_ALLOWED",
    clause: "signer",
    says: "the OpenPGP key certifies no user id with an e-mail address",
  },
};

/** The verdict of a tag with an OpenPGP signature, by the keys of trust/openpgp. */
export async function judgeOpenPgp(
  { tag, signature, payload }: SignedTag,
  wanted: TagToVerify,
  clauses: readonly Clause[],
): Promise<SignatureVerdict> {
  const { at } = wanted;
  const found = await verifyOpenPgp({ armor: signature.armor, payload }, wanted.openPgpKeys, at);
  if (found.kind === "bad") {
    const { because, clause, says } = FAULTS[found.because];
    if (found.fingerprint === undefined) return untrusted(because, clauses, clause, says);
    const sentence = `${says} (${found.fingerprint}; first seen at ${at.toISOString()})`;
    return untrusted(because, clauses, clause, sentence, { key: found.fingerprint });
  }
  const { fingerprint, signingFingerprint, principals, file } = found;
  const by = signingFingerprint === fingerprint ? "" : `, by its subkey ${signingFingerprint}`;
  const holds = held("signature", `signed with OpenPGP key ${fingerprint}${by}`);
  const [first = ""] = principals;
  const { email } = tag.tagger;
  const signer = { principal: principals.includes(email) ? email : first };
  const facts: SignerFacts = { keys: [fingerprint, signingFingerprint], ...signer };
  const revocation = findRevocation(wanted.revoked, facts, at);
  if (revocation !== undefined) {
    const says = `signed with ${fingerprint}, which trust/revoked.yaml names: ${revocation.reason}`;
    const named = { key: fingerprint, signer };
    return untrusted("KEY_REVOKED", [...clauses, holds], "signer", says, named);
  }
  const evidence = `${fingerprint} is ${signer.principal}'s by ${file}`;
  const all = [...clauses, holds, held("signer", evidence)];
  return { kind: "trusted", signer, key: fingerprint, facts, evidence, clauses: all };
}
