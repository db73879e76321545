import { policyOf } from "../control/index.ts";
import { MAX_TAG_BYTES, parseTagObject, type TagObject } from "../git/index.ts";
import { authorise, verifyTag, type SeenTag } from "../trust/index.ts";
import type { Bench, JudgeDeps } from "./bench.ts";
import type { Hearing } from "./hearing.ts";
import type { PendingTag, Refused, VersionSigner } from "./types.ts";

export type Trusted = {
  readonly kind: "trusted";
  readonly tag: TagObject;
  /** The whole tag object. */
  readonly bytes: Buffer;
  /** What the signature covers of it. */
  readonly payload: Buffer;
  readonly signer: VersionSigner;
};

/** Whose signature the tag carries, and whether that person may release from this source at this time. */
export async function judgeSignature(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
  hearing: Hearing,
): Promise<Trusted | Refused> {
  const { seen, bytes } = await readTag(deps, bench.repo.dir, tag.oid);
  const { law } = bench;
  const verdict = await verifyTag(deps.verifier, {
    seen,
    tagName: tag.name,
    signers: law.allowedSigners,
    openPgpKeys: law.openPgpKeys,
    revoked: law.revoked,
    certificateMaxDays: policyOf(law, bench.source.slug).certificates.maxDays,
    at: tag.firstSeenAt,
  });
  hearing.clauses.push(...verdict.clauses);
  if (verdict.kind !== "trusted") {
    const key = verdict.kind === "untrusted" ? verdict.key : undefined;
    return hearing.refuse(
      verdict.because ?? "TRAILING_BYTES",
      verdict.evidence,
      key === undefined ? {} : { fingerprint: key },
    );
  }
  const source = law.sources.get(bench.source.slug);
  if (seen.kind !== "ok" || source === undefined)
    return hearing.refuse("SIGNER_NOT_ALLOWED", "the control repo no longer names this source");
  const rights = authorise({
    principal: verdict.signer.principal,
    source,
    snapshot: law,
    tagger: seen.tag.tagger,
    firstSeenAt: tag.firstSeenAt,
    isImported: tag.imported,
  });
  hearing.clauses.push(...rights.clauses);
  if (rights.kind === "refused") {
    return hearing.refuse(rights.because, rights.evidence, {
      principal: verdict.signer.principal,
      tagger: seen.tag.tagger.email,
    });
  }
  return {
    kind: "trusted",
    tag: seen.tag,
    bytes,
    payload: seen.payload,
    signer: {
      principal: verdict.signer.principal,
      key: verdict.key,
      keys: verdict.facts.keys,
      certificate: verdict.facts.certificate ?? null,
    },
  };
}

async function readTag(
  deps: JudgeDeps,
  repoDir: string,
  oid: string,
): Promise<{ seen: SeenTag; bytes: Buffer }> {
  const nothing = Buffer.alloc(0);
  const read = await deps.readers.read(repoDir, oid, { maxBytes: MAX_TAG_BYTES });
  if (read.kind === "missing") return { seen: { kind: "missing" }, bytes: nothing };
  if (read.type !== "tag")
    return { seen: { kind: "lightweight", objectType: read.type }, bytes: nothing };
  if (read.kind === "too-large")
    return { seen: { kind: "unreadable", because: "too-large" }, bytes: nothing };
  return { seen: parseTagObject(read.bytes), bytes: read.bytes };
}
