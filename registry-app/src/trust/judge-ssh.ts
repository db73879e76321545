import type { SignatureBlock, TagObject } from "../git/index.ts";
import {
  type AllowedSigner,
  findCertified,
  findSigners,
  isPrincipalOf,
  type SignatureFault,
  type SshCertificate,
  type SshPublicKey,
  type SshVerifier,
} from "../keys/index.ts";
import { explainCertificate, explainKey } from "./explain-search.ts";
import { findRevocation, type SignerFacts } from "./revocations.ts";
import { held, quoted, untrusted } from "./say-verdict.ts";
import type { Clause, SignatureVerdict, TagToVerify, UntrustedCode } from "./types.ts";

export type SignedTag = {
  readonly tag: TagObject;
  readonly signature: SignatureBlock;
  readonly payload: Buffer;
};

const NAMESPACE = "git";
const DAY_MS = 24 * 60 * 60 * 1000;
const FAULTS: Record<SignatureFault, { because: UntrustedCode; says: string }> = {
  malformed: { because: "BAD_SIGNATURE", says: "the signature block is not well formed" },
  "bad-signature": {
    because: "BAD_SIGNATURE",
    says: "the signature does not match the tag's content",
  },
  "bad-certificate": {
    because: "BAD_SIGNATURE",
    says: "the signer's certificate is not signed by the authority that it names",
  },
  "wrong-namespace": {
    because: "BAD_SIGNATURE",
    says: "the signature was made for another purpose than git",
  },
  "no-presence": {
    because: "BAD_SIGNATURE",
    says: "the security key signed without being touched",
  },
  "unsupported-key": {
    because: "UNSUPPORTED_KEY",
    says: "the signature's key is of a kind or size that is not accepted",
  },
  "weak-hash": {
    because: "UNSUPPORTED_KEY",
    says: "the signature rests on a hash that is not accepted: only SHA-256 and SHA-512 are",
  },
};

/** The verdict of a tag with an SSH signature: first the bytes, then whose key it is, by the lines or by a certificate. */
export function judgeSsh(
  verifier: SshVerifier,
  signed: SignedTag,
  wanted: TagToVerify,
  clauses: readonly Clause[],
): SignatureVerdict {
  const { armor } = signed.signature;
  const found = verifier.verify({ armor, payload: signed.payload, namespace: NAMESPACE });
  if (found.kind === "bad") {
    const { because, says } = FAULTS[found.because];
    const facts = found.key === undefined ? {} : { key: found.key.fingerprint };
    return untrusted(because, clauses, "signature", says, facts);
  }
  const { key, certificate } = found;
  const by = certificate === undefined ? "" : `, ${describe(certificate)}`;
  const holds = held("signature", `signed with ${key.fingerprint} (${key.type})${by}`);
  const search = searchSigner(key, certificate, signed.tag.tagger.email, wanted);
  return judgeSigner({ key, certificate, search, wanted, clauses: [...clauses, holds] });
}

type Search =
  | { readonly kind: "found"; readonly principal: string; readonly lines: string }
  | { readonly kind: "none"; readonly because: UntrustedCode; readonly says: string };

function searchSigner(
  key: SshPublicKey,
  certificate: SshCertificate | undefined,
  email: string,
  { signers, at, certificateMaxDays }: TagToVerify,
): Search {
  const use = { namespace: NAMESPACE, at };
  if (certificate === undefined) {
    const search = findSigners(signers, key, use);
    if (search.kind === "none")
      return { kind: "none", ...explainKey(search.because, search.entries, at) };
    return toFound(search, email);
  }
  const maxValidityMs = certificateMaxDays === undefined ? undefined : certificateMaxDays * DAY_MS;
  const search = findCertified(signers, certificate, { ...use, maxValidityMs });
  if (search.kind === "none") {
    const limits = { at, maxDays: certificateMaxDays };
    return { kind: "none", ...explainCertificate(search, certificate, limits) };
  }
  return toFound(search, certificate.principals.includes(email) ? email : undefined);
}

/** A line may stand for several people, or for all of a domain: then the tagger's address says which, if it fits. */
function toFound(
  { principal, entries }: { principal: string; entries: readonly AllowedSigner[] },
  email: string | undefined,
): Search {
  const fits = email !== undefined && entries.some((entry) => isPrincipalOf(entry, email));
  const lines = entries.map((entry) => entry.line).join(", ");
  return { kind: "found", principal: fits ? email : principal, lines };
}

function judgeSigner(found: {
  readonly key: SshPublicKey;
  readonly certificate: SshCertificate | undefined;
  readonly search: Search;
  readonly wanted: TagToVerify;
  readonly clauses: readonly Clause[];
}): SignatureVerdict {
  const { certificate, search, wanted, clauses } = found;
  const { fingerprint } = found.key;
  const signer = search.kind === "found" ? { principal: search.principal } : undefined;
  const facts: SignerFacts = {
    keys: [fingerprint],
    ...signer,
    ...(certificate === undefined ? {} : { certificate: certificateFacts(certificate) }),
  };
  const named = { key: fingerprint, ...(signer === undefined ? {} : { signer }) };
  const revocation = findRevocation(wanted.revoked, facts, wanted.at);
  if (revocation !== undefined) {
    const by = certificate === undefined ? "" : `, ${describe(certificate)}`;
    const says = `signed with ${fingerprint}${by}, which trust/revoked.yaml names: ${revocation.reason}`;
    return untrusted("KEY_REVOKED", clauses, "signer", says, named);
  }
  if (search.kind === "none") {
    const says = `signed with ${fingerprint}, ${search.says}`;
    return untrusted(search.because, clauses, "signer", says, named);
  }
  const by = certificate === undefined ? "" : `${describe(certificate)}, trusted `;
  const evidence = `${fingerprint} is ${search.principal}'s ${by}by trust/allowed_signers, line ${search.lines}`;
  return {
    kind: "trusted",
    signer: { principal: search.principal },
    key: fingerprint,
    facts,
    evidence,
    clauses: [...clauses, held("signer", evidence)],
  };
}

/** What names a certificate, by which a revocation finds it. */
export function certificateFacts({ authority, serial, keyId }: SshCertificate) {
  return { authority: authority.fingerprint, serial, keyId };
}

function describe({ authority, serial, keyId }: SshCertificate): string {
  return `by certificate ${quoted(keyId)}, serial ${serial}, of authority ${authority.fingerprint}`;
}
