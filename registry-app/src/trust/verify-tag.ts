import type { ParsedTag, SignatureBlock, TagObject } from "../git/index.ts";
import {
  type AllowedSigner,
  type AllowedSigners,
  findSigners,
  isPrincipalOf,
  type SignatureFault,
  type SshPublicKey,
  type SshVerifier,
} from "../keys/index.ts";
import type {
  Clause,
  SeenTag,
  SignatureVerdict,
  UnreadableCode,
  UnsignedCode,
  UntrustedCode,
} from "./types.ts";

export type TagToVerify = {
  readonly seen: SeenTag;
  /** Without `refs/tags/`. */
  readonly tagName: string;
  readonly signers: AllowedSigners;
  /** Revoked keys by fingerprint, with the reason. */
  readonly revoked: ReadonlyMap<string, { readonly reason: string }>;
  /** When Assay first saw the tag: the only time by which keys are judged. */
  readonly at: Date;
};

type Unreadable = Extract<ParsedTag, { kind: "unreadable" }>["because"];

const NAMESPACE = "git";
const MALFORMED: Record<Unreadable, string> = {
  "too-large": "the tag object is larger than any tag has reason to be",
  "nul-byte": "the tag object holds a NUL byte",
  "missing-header": "the tag object lacks one of the headers object, type, tag, tagger",
  "duplicate-header": "the tag object has a header twice",
  "malformed-header": "a header of the tag object is not well formed",
  "unknown-header": "the tag object has a header that git does not write",
  "gpgsig-header": "the tag object carries a second signature in a gpgsig header",
  "unterminated-signature": "the signature block has no end",
  "two-blocks": "the tag object holds more than one signature block",
  "trailing-bytes": "text follows the signature block, and nobody signed it",
};
const FAULTS: Record<SignatureFault, { because: UntrustedCode; says: string }> = {
  malformed: { because: "BAD_SIGNATURE", says: "the signature block is not well formed" },
  "bad-signature": {
    because: "BAD_SIGNATURE",
    says: "the signature does not match the tag's content",
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
const FORMATS = { openpgp: "OpenPGP", x509: "X.509", ssh: "SSH" } as const;

/** Whose signature a tag carries. Pure: what git holds, who is trusted and what time it is are all handed in. */
export function verifyTag(verifier: SshVerifier, wanted: TagToVerify): SignatureVerdict {
  const { seen } = wanted;
  switch (seen.kind) {
    case "missing":
      return fail([], "tag", `there is no tag ${quoted(wanted.tagName)}`, {
        kind: "unreadable",
      } as const);
    case "lightweight":
      return unsigned("LIGHTWEIGHT", [], `the tag is a bare pointer to a ${seen.objectType}`);
    case "unreadable":
      return unreadable(
        seen.because === "too-large" ? "TOO_LARGE" : "TRAILING_BYTES",
        MALFORMED[seen.because],
      );
    default:
      return verifyShape(seen.tag, wanted.tagName) ?? verifySigned(verifier, seen, wanted);
  }
}

function verifyShape(tag: TagObject, tagName: string): SignatureVerdict | undefined {
  if (tag.objectType === "tag") return unreadable("NESTED", "the tag points at another tag");
  if (tag.objectType !== "commit")
    return unreadable("NOT_A_COMMIT", `the tag points at a ${tag.objectType}`);
  if (tag.name !== tagName)
    return unreadable(
      "NAME_MISMATCH",
      `the tag object names itself ${quoted(tag.name)}, its ref is ${quoted(tagName)}`,
    );
  return undefined;
}

function verifySigned(
  verifier: SshVerifier,
  seen: Extract<ParsedTag, { kind: "ok" | "unsigned" }>,
  wanted: TagToVerify,
): SignatureVerdict {
  const shape = held("tag", `annotated, names itself ${quoted(seen.tag.name)}, points at a commit`);
  if (seen.kind === "unsigned")
    return unsigned("UNSIGNED", [shape], "the tag object holds no signature");
  const checked = verifyBlock(verifier, seen.signature, seen.payload, [shape]);
  return checked.kind === "verdict"
    ? checked.verdict
    : verifySigner(checked.key, seen.tag, wanted, checked.clauses);
}

function verifyBlock(
  verifier: SshVerifier,
  block: SignatureBlock,
  payload: Buffer,
  clauses: readonly Clause[],
):
  | { kind: "verdict"; verdict: SignatureVerdict }
  | { kind: "good"; key: SshPublicKey; clauses: readonly Clause[] } {
  if (block.format !== "ssh") {
    const says = `the signature is ${FORMATS[block.format]}; only SSH signatures are judged here`;
    const verdict = untrusted("UNSUPPORTED_KEY", clauses, "signature", says);
    return { kind: "verdict", verdict };
  }
  const found = verifier.verify({ armor: block.armor, payload, namespace: NAMESPACE });
  if (found.kind === "bad") {
    const { because, says } = FAULTS[found.because];
    const key = found.key === undefined ? {} : { key: found.key.fingerprint };
    return { kind: "verdict", verdict: untrusted(because, clauses, "signature", says, key) };
  }
  const holds = held("signature", `signed with ${found.key.fingerprint} (${found.key.type})`);
  return { kind: "good", key: found.key, clauses: [...clauses, holds] };
}

function verifySigner(
  key: SshPublicKey,
  tag: TagObject,
  wanted: TagToVerify,
  clauses: readonly Clause[],
): SignatureVerdict {
  const { fingerprint } = key;
  const revoked = wanted.revoked.get(fingerprint);
  const search = findSigners(wanted.signers, key, { namespace: NAMESPACE, at: wanted.at });
  const signer =
    search.kind === "found" ? principalFor(tag, search.principal, search.entries) : undefined;
  const facts = { key: fingerprint, ...(signer === undefined ? {} : { signer }) };
  if (revoked !== undefined) {
    const says = `signed with ${fingerprint}, which trust/revoked.yaml names: ${revoked.reason}`;
    return untrusted("KEY_REVOKED", clauses, "signer", says, facts);
  }
  if (search.kind === "none") {
    const { because, says } = explain(search.because, search.entries, wanted.at);
    const sentence = `signed with ${fingerprint}, ${says}`;
    return untrusted(because, clauses, "signer", sentence, facts);
  }
  const principal = signer?.principal ?? search.principal;
  const lines = search.entries.map((entry) => entry.line).join(", ");
  const says = `${fingerprint} is ${principal}'s by trust/allowed_signers, line ${lines}`;
  const all = [...clauses, held("signer", says)];
  return { kind: "trusted", signer: { principal }, key: fingerprint, evidence: says, clauses: all };
}

/** A line may stand for several people, or for all of a domain: then the tagger's address says which, if it fits. */
function principalFor(tag: TagObject, first: string, entries: readonly AllowedSigner[]) {
  const { email } = tag.tagger;
  return { principal: entries.some((entry) => isPrincipalOf(entry, email)) ? email : first };
}

function explain(
  why: "unknown" | "not-yet-valid" | "expired" | "other-namespace" | "authority-only",
  entries: readonly AllowedSigner[],
  at: Date,
): { because: UntrustedCode; says: string } {
  const lines = entries.map((entry) => entry.line).join(", ");
  const day = at.toISOString();
  switch (why) {
    case "unknown":
      return { because: "UNKNOWN_SIGNER", says: "which no line of trust/allowed_signers names" };
    case "authority-only":
      return {
        because: "UNKNOWN_SIGNER",
        says: `which trust/allowed_signers, line ${lines}, names only as an authority for certificates`,
      };
    case "other-namespace":
      return {
        because: "SIGNER_NOT_ALLOWED",
        says: `which trust/allowed_signers, line ${lines}, does not let sign for git`,
      };
    case "expired":
      return {
        because: "KEY_EXPIRED",
        says: `whose validity by trust/allowed_signers, line ${lines}, was over when the tag was first seen at ${day}`,
      };
    case "not-yet-valid":
      return {
        because: "KEY_EXPIRED",
        says: `whose validity by trust/allowed_signers, line ${lines}, had not begun when the tag was first seen at ${day}`,
      };
  }
}

function held(name: string, evidence: string): Clause {
  return { name, held: true, evidence };
}

function fail<Verdict extends object>(
  clauses: readonly Clause[],
  name: string,
  evidence: string,
  verdict: Verdict,
) {
  return { ...verdict, evidence, clauses: [...clauses, { name, held: false, evidence }] };
}

function unreadable(because: UnreadableCode, evidence: string): SignatureVerdict {
  return fail([], "tag", evidence, { kind: "unreadable", because } as const);
}

function unsigned(
  because: UnsignedCode,
  clauses: readonly Clause[],
  evidence: string,
): SignatureVerdict {
  const name = because === "LIGHTWEIGHT" ? "tag" : "signature";
  return fail(clauses, name, evidence, { kind: "unsigned", because } as const);
}

function untrusted(
  because: UntrustedCode,
  clauses: readonly Clause[],
  name: string,
  evidence: string,
  facts: { readonly key?: string; readonly signer?: { readonly principal: string } } = {},
): SignatureVerdict {
  return fail(clauses, name, evidence, { kind: "untrusted", because, ...facts } as const);
}

/** A tag's name is a stranger's text: cut short, with its odd characters spelled out. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
