import { isOid } from "./names.ts";
import { parseIdentity, splitObject, type Header } from "./object-headers.ts";
import type { CommitObject, ParsedCommit, UnreadableBecause } from "./records.ts";
import { readSignature } from "./signature-block.ts";

/** The largest commit object that is looked at. */
export const MAX_COMMIT_BYTES = 256 * 1024;

/**
 * Reads the raw bytes of a commit. Headers that git may add (`encoding`, `mergetag`) are let be; the signed payload is
 * the object without its `gpgsig` header, byte for byte.
 */
export function parseCommit(bytes: Buffer): ParsedCommit {
  if (bytes.length > MAX_COMMIT_BYTES) return unreadable("too-large");
  const split = splitObject(bytes);
  if (split.kind === "unreadable") return split;
  const { headers, bodyStart } = split;
  if (bytes.subarray(0, bodyStart).includes(0)) return unreadable("nul-byte");
  const count = (key: string) => headers.filter((header) => header.key === key).length;
  if (["tree", "author", "committer"].some((key) => count(key) === 0))
    return unreadable("missing-header");
  if (["tree", "author", "committer", "gpgsig"].some((key) => count(key) > 1))
    return unreadable("duplicate-header");
  if (count("gpgsig-sha256") > 0) return unreadable("gpgsig-header");
  const commit = readCommit(headers, bytes.toString("utf8", bodyStart));
  if (commit === undefined) return unreadable("malformed-header");
  const header = headers.find(({ key }) => key === "gpgsig");
  if (header === undefined) return { kind: "ok", commit };
  const signature = readSignature(header.value);
  if (signature === undefined) return unreadable("unterminated-signature");
  const payload = Buffer.concat([bytes.subarray(0, header.start), bytes.subarray(header.end)]);
  return { kind: "ok", commit, signed: { payload, signature } };
}

function readCommit(headers: readonly Header[], message: string): CommitObject | undefined {
  const text = (key: string) =>
    headers.filter((header) => header.key === key).map(({ value }) => value.toString("latin1"));
  const identity = (key: string) => {
    const header = headers.find((candidate) => candidate.key === key);
    return header === undefined ? undefined : parseIdentity(header.value);
  };
  const [tree = ""] = text("tree");
  const parents = text("parent");
  const author = identity("author");
  const committer = identity("committer");
  if (![tree, ...parents].every(isOid) || author === undefined || committer === undefined)
    return undefined;
  return { tree, parents, author, committer, message };
}

function unreadable(because: UnreadableBecause): ParsedCommit {
  return { kind: "unreadable", because };
}
