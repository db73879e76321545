import type { Revocations } from "../control/index.ts";
import type { ParsedTag } from "../git/index.ts";
import type { AllowedSigners, OpenPgpKeys } from "../keys/index.ts";
import type { SignerFacts } from "./revocations.ts";

/** One line of "what was judged": the clause, whether it held, and the evidence in a sentence. */
export type Clause = { readonly name: string; readonly held: boolean; readonly evidence: string };

/** What stands behind a tag's ref, as the caller read it. */
export type SeenTag =
  | ParsedTag
  | { readonly kind: "missing" }
  | { readonly kind: "lightweight"; readonly objectType: "commit" | "tree" | "blob" };

export type TagToVerify = {
  readonly seen: SeenTag;
  /** Without `refs/tags/`. */
  readonly tagName: string;
  readonly signers: AllowedSigners;
  readonly openPgpKeys: OpenPgpKeys;
  readonly revoked: Revocations;
  /** For how many days in all an SSH certificate may be valid; undefined: any number, for ever included. */
  readonly certificateMaxDays: number | undefined;
  /** When Assay first saw the tag: the only time by which keys are judged. */
  readonly at: Date;
};

export type UntrustedCode =
  | "BAD_SIGNATURE"
  | "UNSUPPORTED_KEY"
  | "UNKNOWN_SIGNER"
  | "SIGNER_NOT_ALLOWED"
  | "KEY_EXPIRED"
  | "KEY_REVOKED";
export type UnsignedCode = "LIGHTWEIGHT" | "UNSIGNED";
export type UnreadableCode =
  "NESTED" | "NOT_A_COMMIT" | "NAME_MISMATCH" | "TRAILING_BYTES" | "TOO_LARGE";

export type Signer = { readonly principal: string };

/** `evidence` is the last clause's sentence; `clauses` hold what was judged, in order, the failing one last. */
type Judged = { readonly evidence: string; readonly clauses: readonly Clause[] };

/** `key` is a fingerprint: `SHA256:…` of an SSH key, upper-case hex of an OpenPGP primary key. */
export type SignatureVerdict =
  | ({
      readonly kind: "trusted";
      readonly signer: Signer;
      readonly key: string;
      /** By what a revocation would find this signature. */
      readonly facts: SignerFacts;
    } & Judged)
  | ({
      readonly kind: "untrusted";
      readonly because: UntrustedCode;
      readonly signer?: Signer;
      readonly key?: string;
    } & Judged)
  | ({ readonly kind: "unsigned"; readonly because: UnsignedCode } & Judged)
  | ({
      readonly kind: "unreadable";
      /** Absent when there is no such tag. */
      readonly because?: UnreadableCode;
    } & Judged);

export type Authorisation =
  | ({ readonly kind: "allowed" } & Judged)
  | ({
      readonly kind: "refused";
      readonly because: "SIGNER_NOT_ALLOWED" | "TAGGER_MISMATCH" | "TAGGER_DATE";
    } & Judged);

/** One line of `assay verify-tag --json`. */
export type VerifyTagLine = {
  readonly kind: SignatureVerdict["kind"];
  readonly because?: string;
  readonly signer?: string;
  readonly key?: string;
};
