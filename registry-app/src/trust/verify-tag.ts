import type { AllowedSigners, SshVerifier } from "../keys/index.ts";
import type { SeenTag, SignatureVerdict } from "./types.ts";

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

export declare function verifyTag(verifier: SshVerifier, wanted: TagToVerify): SignatureVerdict;
