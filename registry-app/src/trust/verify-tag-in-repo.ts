import { MAX_TAG_BYTES, type ObjectReaders, type ParsedTag, parseTagObject } from "../git/index.ts";
import { type OpenPgpKeys, parseAllowedSigners, type SshVerifier } from "../keys/index.ts";
import type { SeenTag, SignatureVerdict, VerifyTagLine } from "./types.ts";
import { verifyTag } from "./verify-tag.ts";

export type VerifyTagInRepo = {
  readonly repoDir: string;
  /** Without `refs/tags/`. */
  readonly tagName: string;
  readonly allowedSignersText: string;
  readonly openPgpKeys: OpenPgpKeys;
  /** When the tag was first seen: keys are judged by it. */
  readonly at: Date;
};

/** The command `verify-tag`: the signature part of the judgement for one tag of any bare repo, read-only. */
export async function verifyTagInRepo(
  deps: { readonly readers: ObjectReaders; readonly verifier: SshVerifier },
  wanted: VerifyTagInRepo,
): Promise<{ readonly line: VerifyTagLine; readonly verdict: SignatureVerdict }> {
  const verdict = await verifyTag(deps.verifier, {
    seen: await readTag(deps.readers, wanted.repoDir, wanted.tagName),
    tagName: wanted.tagName,
    signers: parseAllowedSigners(wanted.allowedSignersText),
    openPgpKeys: wanted.openPgpKeys,
    // Revocations and a limit for certificates are law, and a repo on its own has none.
    revoked: new Map(),
    certificateMaxDays: undefined,
    at: wanted.at,
  });
  return { line: toLine(verdict), verdict };
}

async function readTag(readers: ObjectReaders, repoDir: string, tagName: string): Promise<SeenTag> {
  if (!isRefText(tagName)) return { kind: "missing" };
  const ref = `refs/tags/${tagName}`;
  const read = await readers.read(repoDir, ref, { maxBytes: MAX_TAG_BYTES });
  if (read.kind === "missing") return read;
  if (read.type !== "tag") return { kind: "lightweight", objectType: read.type };
  if (read.kind === "too-large") return { kind: "unreadable", because: "too-large" };
  return withRealType(readers, repoDir, parseTagObject(read.bytes));
}

/** A tag may call what it points at a commit when it is none: the object itself decides. */
async function withRealType(
  readers: ObjectReaders,
  repoDir: string,
  seen: ParsedTag,
): Promise<ParsedTag> {
  if (seen.kind === "unreadable") return seen;
  const target = await readers.info(repoDir, seen.tag.objectOid);
  if (target.kind === "missing") return seen;
  return { ...seen, tag: { ...seen.tag, objectType: target.type } };
}

/** Nothing that git would take for an expression (`^{}`, `~1`, `@{…}`, `:path`), nor for the end of a request. */
function isRefText(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return name !== "" && name.length <= 1024 && !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name);
}

function toLine(verdict: SignatureVerdict): VerifyTagLine {
  const because = "because" in verdict && verdict.because ? { because: verdict.because } : {};
  const signer = "signer" in verdict && verdict.signer ? { signer: verdict.signer.principal } : {};
  const key = "key" in verdict && verdict.key ? { key: verdict.key } : {};
  return { kind: verdict.kind, ...because, ...signer, ...key };
}
