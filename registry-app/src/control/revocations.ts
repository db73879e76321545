import type { Revocation, Revocations, RevocationSubject } from "./types.ts";

export type RevocationEntry = {
  readonly subject: RevocationSubject;
  readonly revocation: Revocation;
};

/** The text under which a subject stands in `Revocations`. */
export function revocationKey(subject: RevocationSubject): string {
  switch (subject.kind) {
    case "key":
      return subject.fingerprint;
    case "principal":
      return `principal ${subject.principal.toLowerCase()}`;
    case "serial":
      return `${subject.authority} serial ${subject.serial}`;
    case "key-id":
      return `${subject.authority} key-id ${subject.keyId}`;
  }
}

export function indexRevocations(entries: readonly RevocationEntry[]): Revocations {
  const index = new Map<string, readonly Revocation[]>();
  for (const { subject, revocation } of entries) {
    const key = revocationKey(subject);
    index.set(key, [...(index.get(key) ?? []), revocation]);
  }
  return index;
}

/** Whether the very same is revoked in the same way from the same time on; the reason plays no part. */
export function isRevokedAlready(
  index: Revocations,
  { subject, revocation }: RevocationEntry,
): boolean {
  const { kind, since } = revocation;
  return (index.get(revocationKey(subject)) ?? []).some(
    (one) => one.kind === kind && one.since?.getTime() === since?.getTime(),
  );
}

/** Both together: a revocation in either holds. */
export function uniteRevocations(left: Revocations, right: Revocations): Revocations {
  const united = new Map(left);
  for (const [key, more] of right) united.set(key, [...(united.get(key) ?? []), ...more]);
  return united;
}
