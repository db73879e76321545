import type {
  AllowedSigner,
  CertifiedSearch,
  SignerSearch,
  SshCertificate,
} from "../keys/index.ts";
import { quoted } from "./say-verdict.ts";
import type { UntrustedCode } from "./types.ts";

type Explained = { readonly because: UntrustedCode; readonly says: string };
type Limits = { readonly at: Date; readonly maxDays: number | undefined };

/** Why no line of allowed_signers vouches for a key, as the rest of a sentence that has named it. */
export function explainKey(
  why: Extract<SignerSearch, { kind: "none" }>["because"],
  entries: readonly AllowedSigner[],
  at: Date,
): Explained {
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

/** The same for a certificate: what is wrong with it, or with the lines of its authority. */
export function explainCertificate(
  { because, entries }: Extract<CertifiedSearch, { kind: "none" }>,
  certificate: SshCertificate,
  { at, maxDays }: Limits,
): Explained {
  const lines = entries.map((entry) => entry.line).join(", ");
  const authority = `authority ${certificate.authority.fingerprint}`;
  const inLines = `trust/allowed_signers, line ${lines},`;
  const seen = `when the tag was first seen at ${at.toISOString()}`;
  const until = formatTime(certificate.validBeforeMs);
  const from = formatTime(certificate.validAfterMs);
  switch (because) {
    case "unknown-authority":
      return unknown(
        `whose certificate is by ${authority}, which no line of trust/allowed_signers names`,
      );
    case "not-an-authority":
      return unknown(
        `whose certificate is by ${authority}, which ${inLines} names, but not as cert-authority`,
      );
    case "host":
      return unsupported("whose certificate is for a host and not for a person");
    case "critical-option":
      return unsupported(
        `whose certificate has the critical option ${certificate.criticalOptions.map(quoted).join(", ")}, which has no meaning for a tag`,
      );
    case "too-long":
      return unsupported(
        `whose certificate is valid from ${from} until ${until}, for more than the ${maxDays ?? 0} days that policy.yaml accepts`,
      );
    case "not-yet-valid":
      return expired(`whose certificate, valid from ${from}, had not begun ${seen}`);
    case "expired":
      return expired(`whose certificate, valid until ${until}, was over ${seen}`);
    case "authority-not-yet-valid":
      return expired(
        `whose certificate is by ${authority}, whose validity by ${inLines} had not begun ${seen}`,
      );
    case "authority-expired":
      return expired(
        `whose certificate is by ${authority}, whose validity by ${inLines} was over ${seen}`,
      );
    case "no-principal":
      return notAllowed(
        `whose certificate names ${namesOf(certificate)}, for whom ${inLines} does not let ${authority} vouch`,
      );
    case "other-namespace":
      return notAllowed(
        `whose certificate is by ${authority}, which ${inLines} does not let vouch for git`,
      );
  }
}

const unknown = (says: string): Explained => ({ because: "UNKNOWN_SIGNER", says });
const unsupported = (says: string): Explained => ({ because: "UNSUPPORTED_KEY", says });
const expired = (says: string): Explained => ({ because: "KEY_EXPIRED", says });
const notAllowed = (says: string): Explained => ({ because: "SIGNER_NOT_ALLOWED", says });

function namesOf({ principals }: SshCertificate): string {
  if (principals.length === 0) return "nobody";
  const rest = principals.length - 5;
  return `${principals.slice(0, 5).map(quoted).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function formatTime(timeMs: number): string {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : "for ever";
}
