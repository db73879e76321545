import {
  isForNamespace,
  isPrincipalOf,
  type KeyUse,
  matchesPattern,
  timeFault,
} from "./find-signers.ts";
import type { AllowedSigner, AllowedSigners, CertifiedSearch, SshCertificate } from "./types.ts";

/** `maxValidityMs`: how long a certificate may be valid in all; undefined: any time, for ever included. */
export type CertificateUse = KeyUse & { readonly maxValidityMs: number | undefined };

type Why = Extract<CertifiedSearch, { kind: "none" }>["because"];

/** How much earlier than now authorities let their certificates begin, for clocks that are behind. */
const BACKDATING_MS = 60 * 60 * 1000;

/**
 * Who a certificate speaks for, in the two steps of `git verify-tag` (see `findSigners`): the lines of its authority say
 * for which of the names in it they trust it. Stricter than OpenSSH in two things: no critical option is accepted, and
 * the whole validity may be limited.
 */
export function findCertified(
  signers: AllowedSigners,
  certificate: SshCertificate,
  use: CertificateUse,
): CertifiedSearch {
  const all = signers.byFingerprint.get(certificate.authority.fingerprint) ?? [];
  const lines = all.filter((entry) => entry.isAuthority);
  const none = (because: Why): CertifiedSearch => ({ kind: "none", because, entries: all });
  if (lines.length === 0) return none(all.length > 0 ? "not-an-authority" : "unknown-authority");
  const fault = findCertificateFault(certificate, use);
  if (fault !== undefined) return none(fault);
  const timely = lines.filter((entry) => timeFault(entry, use.at) === undefined);
  if (timely.length === 0) {
    const isOver = lines.some((entry) => timeFault(entry, use.at) === "expired");
    return none(isOver ? "authority-expired" : "authority-not-yet-valid");
  }
  const named = timely
    .map((entry) => namesFor(entry, certificate))
    .find((names) => names.length > 0);
  const vouchers = timely.filter((entry) => isForNamespace(entry, use.namespace));
  const principal = named?.find((name) => vouchers.some((entry) => isPrincipalOf(entry, name)));
  if (principal === undefined)
    return none(vouchers.length === 0 ? "other-namespace" : "no-principal");
  const entries = vouchers.filter((entry) =>
    certificate.principals.some((name) => isPrincipalOf(entry, name)),
  );
  return { kind: "found", principal, entries };
}

function findCertificateFault(certificate: SshCertificate, use: CertificateUse): Why | undefined {
  const { validAfterMs, validBeforeMs } = certificate;
  const timeMs = Math.floor(use.at.getTime() / 1000) * 1000;
  if (certificate.role === "host") return "host";
  if (certificate.criticalOptions.length > 0) return "critical-option";
  if (timeMs < validAfterMs) return "not-yet-valid";
  if (timeMs >= validBeforeMs) return "expired";
  const isTooLong =
    use.maxValidityMs !== undefined &&
    validBeforeMs - validAfterMs > use.maxValidityMs + BACKDATING_MS;
  return isTooLong ? "too-long" : undefined;
}

/** The names of the certificate that ssh-keygen lists for a line: pattern by pattern, up to the first empty one. */
function namesFor(entry: AllowedSigner, certificate: SshCertificate): readonly string[] {
  const patterns = entry.principals.split(",");
  const end = patterns.indexOf("");
  return (end === -1 ? patterns : patterns.slice(0, end)).flatMap((pattern) =>
    certificate.principals.filter((name) => matchesPattern(name, pattern)),
  );
}
