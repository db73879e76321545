import type { Layer } from "../facts.ts";
import { inflateCapped } from "../inventory/inflate.ts";
import { sniffKind, type FileKind } from "../inventory/sniff.ts";
import { findCandidates, type Candidate } from "./encoded.ts";
import { resolveEscapes } from "./escaped.ts";
import type { ViewLimits } from "./limits.ts";
import { isTextLike, readAsText } from "./text-like.ts";

export type Decoded = {
  readonly text: string;
  readonly lineAt: (offset: number) => number;
  readonly via: readonly Layer[];
};

/** Something that is no text: a program, a picture, an archive. */
export type Embedded = {
  readonly bytes: Uint8Array;
  readonly line: number;
  readonly via: readonly Layer[];
  readonly kind: FileKind;
};

export type Layers = {
  readonly texts: readonly Decoded[];
  readonly files: readonly Embedded[];
  readonly gaps: readonly string[];
};

type Work = {
  readonly limits: ViewLimits;
  readonly texts: Decoded[];
  readonly files: Embedded[];
  readonly gaps: Set<string>;
  bytesLeft: number;
  candidatesLeft: number;
};

/** Kinds that a literal is worth keeping for; the magic of the others is too short to mean anything here. */
const KEPT: ReadonlySet<FileKind> = new Set([
  "zip",
  "tar",
  "7z",
  "rar",
  "xz",
  "zstd",
  "elf",
  "pe",
  "macho",
  "wasm",
  "class",
  "pdf",
  "png",
  "jpeg",
  "gif",
]);
const LEAST_FILE = 40;
const MARSHAL_CODE = 0xe3;

/** Everything that literals of a text decode to, and what that decodes to again. */
export function decodeLayers(
  text: string,
  lineAt: (offset: number) => number,
  via: readonly Layer[],
  limits: ViewLimits,
): Layers {
  const work: Work = {
    limits,
    texts: [],
    files: [],
    gaps: new Set(),
    bytesLeft: limits.decodedBytes,
    candidatesLeft: limits.candidates,
  };
  dig({ text, lineAt, via }, 1, work);
  return { texts: work.texts, files: work.files, gaps: [...work.gaps] };
}

function dig(from: Decoded, depth: number, work: Work): void {
  if (depth > work.limits.depth) {
    if (findCandidates(from.text).some(({ length }) => length > 60))
      work.gaps.add("Something in it is encoded more often than is looked at.");
    return;
  }
  for (const resolved of resolveEscapes(from.text, from.lineAt))
    keep(
      { text: resolved.text, lineAt: resolved.lineAt, via: [...from.via, resolved.layer] },
      depth,
      work,
    );
  let end = -1;
  for (const candidate of findCandidates(from.text).toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length,
  )) {
    if (candidate.offset < end) continue;
    if (work.candidatesLeft <= 0 || work.bytesLeft <= 0) {
      work.gaps.add("It holds more encoded text than is decoded.");
      return;
    }
    work.candidatesLeft -= isLikely(candidate) ? 1 : 0;
    if (open(candidate, from, depth, work)) end = candidate.offset + candidate.length;
  }
}

/** Short words cost next to nothing to try; what is counted is what costs. */
function isLikely({ length }: Candidate): boolean {
  return length >= 48;
}

function open(candidate: Candidate, from: Decoded, depth: number, work: Work): boolean {
  for (const one of candidate.tries) {
    const bytes = one.open();
    if (bytes === null || bytes.length === 0) continue;
    const via = [...from.via, one.layer];
    if (take(bytes, from.lineAt(candidate.offset), via, depth, work)) return true;
  }
  return false;
}

/** Whether the bytes are something: a text, something compressed, or a file of a known kind. */
function take(
  bytes: Uint8Array,
  line: number,
  via: readonly Layer[],
  depth: number,
  work: Work,
): boolean {
  const text = readAsText(bytes);
  if (text !== null) {
    work.bytesLeft -= bytes.length;
    keep({ text, lineAt: () => line, via }, depth, work);
    return true;
  }
  const form = compressionOf(bytes);
  if (form !== null) {
    const inflated = inflateCapped(bytes, form, Math.max(0, work.bytesLeft));
    if (inflated.isCut) work.gaps.add("Something in it unpacks to more than is read.");
    if (inflated.bytes.length >= 9) {
      work.bytesLeft -= inflated.bytes.length;
      if (take(inflated.bytes, line, [...via, "gzip"], depth, work)) return true;
    }
  }
  if (bytes.length < LEAST_FILE) return false;
  const kind = bytes[0] === MARSHAL_CODE && via.at(-1) === "gzip" ? "pyc" : sniffKind(bytes);
  if (kind !== "pyc" && !KEPT.has(kind)) return false;
  work.bytesLeft -= bytes.length;
  work.files.push({ bytes, line, via, kind });
  return true;
}

function compressionOf(bytes: Uint8Array): "zlib" | "gzip" | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return "gzip";
  const isZlib = bytes[0] === 0x78 && (0x7800 + (bytes[1] ?? 0)) % 31 === 0;
  return isZlib ? "zlib" : null;
}

function keep(decoded: Decoded, depth: number, work: Work): void {
  if (decoded.text.trim() === "" || !isTextLike(decoded.text.trim())) return;
  work.texts.push(decoded);
  dig(decoded, depth + 1, work);
}
