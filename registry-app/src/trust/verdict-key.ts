import { createHash } from "node:crypto";

/** Everything that a verdict rests on; what is not in here must not change one. */
export type VerdictBasis = {
  /** The tag object, under which name of which source, and when it was first seen there. */
  readonly tag: {
    readonly source: string;
    readonly name: string;
    readonly oid: string;
    readonly firstSeenAt: Date;
  };
  /** Of the control snapshot. */
  readonly trustDigest: string;
  readonly policyDigest: string;
};

/** Raised with every change of the rules themselves, so that no verdict outlives the code that gave it. */
const RULES_VERSION = 1;

/** Under what a verdict may be kept: no verdict is found again after the tag, trust, policy or the rules changed. Pure. */
export function verdictKey({ tag, trustDigest, policyDigest }: VerdictBasis): string {
  const parts = [
    String(RULES_VERSION),
    tag.source,
    tag.name,
    tag.oid,
    tag.firstSeenAt.toISOString(),
    trustDigest,
    policyDigest,
  ];
  const digest = createHash("sha256");
  for (const part of parts) digest.update(`${Buffer.byteLength(part)}:${part}`);
  return digest.digest("hex");
}
