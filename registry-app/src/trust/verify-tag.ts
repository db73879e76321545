import type { ParsedTag, TagObject } from "../git/index.ts";
import type { SshVerifier } from "../keys/index.ts";
import { judgeOpenPgp } from "./judge-openpgp.ts";
import { judgeSsh } from "./judge-ssh.ts";
import { fail, held, quoted, unreadable, unsigned, untrusted } from "./say-verdict.ts";
import type { SignatureVerdict, TagToVerify } from "./types.ts";

type Unreadable = Extract<ParsedTag, { kind: "unreadable" }>["because"];

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
/** Whose signature a tag carries. Pure: what git holds, who is trusted and what time it is are all handed in. */
export async function verifyTag(
  verifier: SshVerifier,
  wanted: TagToVerify,
): Promise<SignatureVerdict> {
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
      return verifyShape(seen.tag, wanted.tagName) ?? (await verifySigned(verifier, seen, wanted));
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

async function verifySigned(
  verifier: SshVerifier,
  seen: Extract<ParsedTag, { kind: "ok" | "unsigned" }>,
  wanted: TagToVerify,
): Promise<SignatureVerdict> {
  const shape = held("tag", `annotated, names itself ${quoted(seen.tag.name)}, points at a commit`);
  if (seen.kind === "unsigned")
    return unsigned("UNSIGNED", [shape], "the tag object holds no signature");
  switch (seen.signature.format) {
    case "ssh":
      return judgeSsh(verifier, seen, wanted, [shape]);
    case "openpgp":
      return judgeOpenPgp(seen, wanted, [shape]);
    default:
      return untrusted(
        "UNSUPPORTED_KEY",
        [shape],
        "signature",
        "the signature is X.509; only SSH and OpenPGP signatures are judged here",
      );
  }
}
