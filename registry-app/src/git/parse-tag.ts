import { isUtf8 } from "node:buffer";
import { isOid } from "./names.ts";
import { parseIdentity, splitObject, type Header } from "./object-headers.ts";
import type { ObjectType, ParsedTag, TagObject, UnreadableBecause } from "./records.ts";
import { findSignature } from "./signature-block.ts";

/** The largest tag object that is looked at; the tag predicate of the trust design names the number. */
export const MAX_TAG_BYTES = 64 * 1024;

const ORDER = ["object", "type", "tag", "tagger"] as const;
const TYPES: readonly string[] = ["blob", "tree", "commit", "tag"] satisfies ObjectType[];
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Reads the raw bytes of an annotated tag. Stricter than git: exactly the four headers in git's order, one signature
 * block, nothing after it. The payload is never decoded, so what is verified is what was signed.
 */
export function parseTagObject(bytes: Buffer): ParsedTag {
  if (bytes.length > MAX_TAG_BYTES) return unreadable("too-large");
  if (bytes.includes(0)) return unreadable("nul-byte");
  const split = splitObject(bytes);
  if (split.kind === "unreadable") return split;
  const wrong = checkHeaders(split.headers);
  if (wrong !== undefined) return unreadable(wrong);
  const found = findSignature(bytes, split.bodyStart);
  if (found.kind === "unreadable") return found;
  const messageEnd = found.kind === "found" ? found.at : bytes.length;
  const tag = readTag(split.headers, bytes.toString("utf8", split.bodyStart, messageEnd));
  if (tag === undefined) return unreadable("malformed-header");
  if (found.kind === "none") return { kind: "unsigned", tag };
  return { kind: "ok", tag, payload: bytes.subarray(0, found.at), signature: found.signature };
}

function checkHeaders(headers: readonly Header[]): UnreadableBecause | undefined {
  const keys = headers.map((header) => header.key);
  if (keys.some((key) => key.startsWith("gpgsig"))) return "gpgsig-header";
  if (new Set(keys).size !== keys.length) return "duplicate-header";
  if (ORDER.some((key) => !keys.includes(key))) return "missing-header";
  if (keys.length !== ORDER.length) return "unknown-header";
  return ORDER.every((key, index) => keys[index] === key) ? undefined : "malformed-header";
}

function readTag(headers: readonly Header[], message: string): TagObject | undefined {
  const [object, type, tag, taggerLine] = headers.map((header) => header.value);
  if (!object || !type || !tag || !taggerLine) return undefined;
  const objectOid = object.toString("latin1");
  const objectType = type.toString("latin1");
  const name = tag.toString("utf8");
  const tagger = parseIdentity(taggerLine);
  if (!isOid(objectOid) || !TYPES.includes(objectType) || tagger === undefined) return undefined;
  if (!isUtf8(tag) || name === "" || CONTROL.test(name)) return undefined;
  return { objectOid, objectType: objectType as ObjectType, name, tagger, message };
}

function unreadable(because: UnreadableBecause): ParsedTag {
  return { kind: "unreadable", because };
}
