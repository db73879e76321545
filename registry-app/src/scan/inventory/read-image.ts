import { latin1 } from "../views/decode-text.ts";
import { readAsText } from "../views/text-like.ts";
import { isArchiveKind, isBinaryKind } from "./classify.ts";
import { inflateCapped } from "./inflate.ts";
import { NOTHING_IN_IT, textParts, type Budget, type Opened } from "./part.ts";
import { hasMagic, sniffKind, u16, u32, type FileKind } from "./sniff.ts";
import { stringsOf } from "./strings.ts";

type Pieces = {
  readonly texts: readonly string[];
  /** The first byte behind the end of the picture; null when its end was not found. */
  readonly end: number | null;
};

const MAX_STEPS = 20_000;
/** A few bytes of padding are left by many programs. */
const PADDING = 64;

/** Text that a picture carries beside its pixels, and what was put behind its end. */
export function readImage(bytes: Uint8Array, kind: FileKind, budget: Budget): Opened {
  const read = { png: readPng, jpeg: readJpeg, gif: readGif, webp: readWebp }[kind as string];
  if (read === undefined) return NOTHING_IN_IT;
  const { texts, end } = read(bytes, budget);
  const parts = textParts("metadata.txt", texts, budget);
  const trailer = end === null ? new Uint8Array() : bytes.subarray(end);
  const behind = readTrailer(trailer);
  return { parts: [...parts, ...behind.parts], odd: behind.odd, gaps: behind.gaps };
}

/** Zeros, and the second picture that phones append, are how pictures are; anything else was put there. */
export function readTrailer(trailer: Uint8Array): Opened {
  const start = trailer.findIndex(
    (byte) => byte !== 0 && byte !== 10 && byte !== 13 && byte !== 32,
  );
  if (start < 0) return NOTHING_IN_IT;
  const rest = trailer.subarray(start);
  const kind = sniffKind(rest);
  const isText = readAsText(rest) !== null;
  if (
    isText ||
    isArchiveKind(kind) ||
    (isBinaryKind(kind) && rest.length > PADDING) ||
    kind === "pdf"
  )
    return {
      parts: [{ name: isText ? "trailer.txt" : `trailer.${kind}`, bytes: rest, via: "metadata" }],
      odd: [
        {
          kind: "polyglot",
          detail: `Behind its end stands ${isText ? "a text" : `another file (${kind})`} of ${rest.length} bytes.`,
          subject: isText ? "text" : kind,
        },
      ],
      gaps: [],
    };
  const isKnown = rest.length <= PADDING || kind === "jpeg" || kind === "media" || kind === "png";
  return isKnown
    ? NOTHING_IN_IT
    : { ...NOTHING_IN_IT, gaps: [`${rest.length} bytes behind its end are of no known kind.`] };
}

function be32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

function readPng(bytes: Uint8Array, budget: Budget): Pieces {
  const texts: string[] = [];
  let at = 8;
  for (let step = 0; step < MAX_STEPS && at + 12 <= bytes.length; step += 1) {
    const length = be32(bytes, at);
    const type = latin1(bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
    if (type === "tEXt") texts.push(latin1(body.subarray(body.indexOf(0) + 1)));
    if (type === "zTXt") texts.push(inflateText(body.subarray(body.indexOf(0) + 2), budget));
    if (type === "iTXt") texts.push(readItxt(body, budget));
    if (type === "eXIf") texts.push(stringsOf(body, budget.limits.metadataBytes).text);
    if (type === "IEND") return { texts: texts.map(plain), end: at };
  }
  return { texts: texts.map(plain), end: null };
}

function readItxt(body: Uint8Array, budget: Budget): string {
  const key = body.indexOf(0);
  const language = body.indexOf(0, key + 3);
  const translated = body.indexOf(0, language + 1);
  if (key < 0 || language < 0 || translated < 0) return "";
  const text = body.subarray(translated + 1);
  return body[key + 1] === 1 ? inflateText(text, budget) : Buffer.from(text).toString("utf8");
}

function inflateText(bytes: Uint8Array, budget: Budget): string {
  const { bytes: text } = inflateCapped(bytes, "zlib", budget.limits.metadataBytes);
  return Buffer.from(text).toString("utf8");
}

function readJpeg(bytes: Uint8Array, budget: Budget): Pieces {
  const texts: string[] = [];
  let at = 2;
  for (let step = 0; step < MAX_STEPS && at + 4 <= bytes.length; step += 1) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xda) return { texts: texts.map(plain), end: endOfScan(bytes, at) };
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xfe) texts.push(Buffer.from(body).toString("utf8"));
    if (marker === 0xe1 && hasMagic(body, 0, "http"))
      texts.push(Buffer.from(body.subarray(body.indexOf(0) + 1)).toString("utf8"));
    else if (marker === 0xe1 || marker === 0xed)
      texts.push(stringsOf(body, budget.limits.metadataBytes).text);
    at += 2 + Math.max(2, length);
  }
  return { texts: texts.map(plain), end: null };
}

function endOfScan(bytes: Uint8Array, from: number): number | null {
  for (let at = bytes.indexOf(0xff, from + 2); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === 0xd9) return at + 2;
  return null;
}

function readGif(bytes: Uint8Array): Pieces {
  const texts: string[] = [];
  const tableBytes = (flags: number): number =>
    (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
  let at = 13 + tableBytes(bytes[10] ?? 0);
  for (let step = 0; step < MAX_STEPS && at < bytes.length; step += 1) {
    const block = bytes[at];
    if (block === 0x3b) return { texts: texts.map(plain), end: at + 1 };
    if (block !== 0x21 && block !== 0x2c) break;
    const label = bytes[at + 1];
    at += block === 0x21 ? 2 : 11 + tableBytes(bytes[at + 9] ?? 0);
    const chunks: string[] = [];
    for (let size = bytes[at] ?? 0; size > 0; size = bytes[at] ?? 0) {
      if (block === 0x21 && label !== 0xf9)
        chunks.push(latin1(bytes.subarray(at + 1, at + 1 + size)));
      at += size + 1;
    }
    at += 1;
    if (label === 0xfe || label === 0x01) texts.push(chunks.join(""));
  }
  return { texts: texts.map(plain), end: null };
}

function readWebp(bytes: Uint8Array, budget: Budget): Pieces {
  const texts: string[] = [];
  const end = Math.min(bytes.length, u32(bytes, 4) + 8);
  let at = 12;
  for (let step = 0; step < MAX_STEPS && at + 8 <= end; step += 1) {
    const type = latin1(bytes.subarray(at, at + 4));
    const size = u32(bytes, at + 4);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (type === "XMP " || type === "EXIF")
      texts.push(stringsOf(body, budget.limits.metadataBytes).text);
    at += 8 + size + (size & 1);
  }
  return { texts: texts.map(plain), end: u16(bytes, 4) === 0 ? null : end + (end & 1) };
}

/** Without tags of XMP and control characters. */
function plain(text: string): string {
  return text
    .replace(/<[^<>]{0,2000}>/g, "\n")
    .replace(/[^\S\n]{1,200}/g, " ")
    .replace(/\n\s{1,2000}/g, "\n");
}
