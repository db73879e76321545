import type { AllowedSigner, AllowedSigners, SignerSearch, SshPublicKey } from "./types.ts";

/** When and for what a key was used. */
export type KeyUse = { readonly namespace: string; readonly at: Date };

/**
 * Who the key belongs to, in the two steps of `git verify-tag`: the first line that has the key at that time gives the
 * names to try, then each name is looked up on its own, in every line, namespace included.
 */
export function findSigners(
  signers: AllowedSigners,
  key: Pick<SshPublicKey, "fingerprint">,
  use: KeyUse,
): SignerSearch {
  const all = signers.byFingerprint.get(key.fingerprint) ?? [];
  const own = all.filter((entry) => !entry.isAuthority);
  const timely = own.filter((entry) => timeFault(entry, use.at) === undefined);
  const entries = timely.filter((entry) => isForNamespace(entry, use.namespace));
  const principal = namesOf(timely[0]).find((name) =>
    entries.some((entry) => isPrincipalOf(entry, name)),
  );
  if (principal !== undefined) return { kind: "found", principal, entries };
  return { kind: "none", because: whyNone(all, own, timely, use), entries: all };
}

/** Whether the line's patterns take in this name: `*` and `?` are wild, a match of `!pattern` rules the name out. */
export function isPrincipalOf(entry: Pick<AllowedSigner, "principals">, name: string): boolean {
  return matchesPatternList(name, entry.principals);
}

/** Whether `text` matches a pattern of `*` (any run) and `?` (any one character). */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let here = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[here] === "*") {
      star = here;
      resume = at;
      here += 1;
    } else if (here < pattern.length && (pattern[here] === "?" || pattern[here] === text[at])) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      here = star + 1;
    } else return false;
  }
  while (pattern[here] === "*") here += 1;
  return here === pattern.length;
}

function matchesPatternList(text: string, list: string): boolean {
  let isMatched = false;
  for (const pattern of list.split(",")) {
    if (pattern.startsWith("!")) {
      if (matchesPattern(text, pattern.slice(1))) return false;
    } else if (matchesPattern(text, pattern)) isMatched = true;
  }
  return isMatched;
}

/** The names that ssh-keygen lists for a line: up to the first empty one. */
function namesOf(entry: AllowedSigner | undefined): readonly string[] {
  const names = entry?.principals.split(",") ?? [];
  const end = names.indexOf("");
  return end === -1 ? names : names.slice(0, end);
}

export function isForNamespace(entry: AllowedSigner, namespace: string): boolean {
  return entry.namespaces === undefined || matchesPatternList(namespace, entry.namespaces);
}

/** Both borders belong to the validity, in whole seconds, as for ssh-keygen. */
export function timeFault(entry: AllowedSigner, at: Date): "not-yet-valid" | "expired" | undefined {
  const timeMs = Math.floor(at.getTime() / 1000) * 1000;
  if (entry.validAfterMs !== undefined && timeMs < entry.validAfterMs) return "not-yet-valid";
  if (entry.validBeforeMs !== undefined && timeMs > entry.validBeforeMs) return "expired";
  return undefined;
}

function whyNone(
  all: readonly AllowedSigner[],
  own: readonly AllowedSigner[],
  timely: readonly AllowedSigner[],
  use: KeyUse,
): Extract<SignerSearch, { kind: "none" }>["because"] {
  if (all.length === 0) return "unknown";
  if (own.length === 0) return "authority-only";
  if (timely.length > 0) return "other-namespace";
  return own.some((entry) => timeFault(entry, use.at) === "expired") ? "expired" : "not-yet-valid";
}
