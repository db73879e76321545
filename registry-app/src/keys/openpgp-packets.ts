import { hash } from "node:crypto";
import { decodeBase64 } from "./wire.ts";

/** The tags of RFC 9580 that are told apart here. */
export const PACKET = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  marker: 10,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

/** `bytes` is the whole packet, `body` what follows its header. */
export type Packet = { readonly tag: number; readonly body: Buffer; readonly bytes: Buffer };

export type ArmorBlock = { readonly type: string; readonly bytes: Buffer };

const MAX_PACKETS = 10_000;
const MAX_HEADERS = 8;
const BEGIN = /^-----BEGIN PGP ([A-Z ]{1,32})-----$/;
const HEADER = /^(?:Version|Comment|Hash|Charset|MessageID): [^\r\n]{0,200}$/;
const CHECKSUM = /^=[A-Za-z0-9+/]{4}$/;

/** The armour blocks of a text that holds nothing else; undefined when it holds none or anything else. */
export function readArmorBlocks(text: string): readonly ArmorBlock[] | undefined {
  const blocks: ArmorBlock[] = [];
  const lines = text.split("\n").map((line) => line.trimEnd());
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at] === "") continue;
    const type = BEGIN.exec(lines[at] ?? "")?.[1];
    const end = lines.indexOf(`-----END PGP ${type ?? ""}-----`, at);
    if (type === undefined || end === -1) return undefined;
    const bytes = readArmorBody(lines.slice(at + 1, end));
    if (bytes === undefined) return undefined;
    blocks.push({ type, bytes });
    at = end;
  }
  return blocks.length === 0 ? undefined : blocks;
}

/** The checksum is not compared: it protects against noise on a line, and RFC 9580 lets it be left out. */
function readArmorBody(lines: readonly string[]): Buffer | undefined {
  const start = lines.indexOf("");
  if (start === -1 || start > MAX_HEADERS) return undefined;
  if (lines.slice(0, start).some((line) => !HEADER.test(line))) return undefined;
  const body = lines.slice(start + 1);
  if (CHECKSUM.test(body.at(-1) ?? "")) body.pop();
  return body.length === 0 ? undefined : decodeBase64(body.join(""));
}

/** The packets of a binary, all of it; undefined when they do not add up or come in parts of unknown length. */
export function readPackets(bytes: Buffer): readonly Packet[] | undefined {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes.subarray(at));
    if (header === undefined || packets.length >= MAX_PACKETS) return undefined;
    const end = at + header.headerBytes + header.bodyBytes;
    if (end > bytes.length) return undefined;
    packets.push({
      tag: header.tag,
      body: bytes.subarray(at + header.headerBytes, end),
      bytes: bytes.subarray(at, end),
    });
    at = end;
  }
  return packets;
}

type Header = { readonly tag: number; readonly headerBytes: number; readonly bodyBytes: number };

function readHeader(bytes: Buffer): Header | undefined {
  const [first = 0, second = 0, third = 0] = bytes;
  if ((first & 0x80) === 0) return undefined;
  const isOld = (first & 0x40) === 0;
  const tag = isOld ? (first >> 2) & 0x0f : first & 0x3f;
  const width = isOld ? [1, 2, 4, 0][first & 3] : newWidth(second);
  if (width === undefined || width === 0 || bytes.length < 1 + width) return undefined;
  const head = { tag, headerBytes: 1 + width };
  if (isOld) return { ...head, bodyBytes: bytes.readUIntBE(1, width) };
  if (width === 1) return { ...head, bodyBytes: second };
  if (width === 2) return { ...head, bodyBytes: ((second - 192) << 8) + third + 192 };
  return { ...head, bodyBytes: bytes.readUInt32BE(2) };
}

/** How many bytes a length of the newer format takes; undefined for a partial one. */
function newWidth(first: number): number | undefined {
  if (first < 192) return 1;
  if (first < 224) return 2;
  return first === 255 ? 5 : undefined;
}

/** The fingerprint of a key packet's body, and its key id; undefined for versions other than 4 and 6. */
export function identify(body: Buffer): { fingerprint: string; keyId: string } | undefined {
  const prefix = Buffer.alloc(5);
  if (body[0] === 4 && body.length <= 0xffff) {
    prefix[0] = 0x99;
    prefix.writeUInt16BE(body.length, 1);
    const fingerprint = upperHash("sha1", Buffer.concat([prefix.subarray(0, 3), body]));
    return { fingerprint, keyId: fingerprint.slice(-16) };
  }
  if (body[0] !== 6) return undefined;
  prefix[0] = 0x9b;
  prefix.writeUInt32BE(body.length, 1);
  const fingerprint = upperHash("sha256", Buffer.concat([prefix, body]));
  return { fingerprint, keyId: fingerprint.slice(0, 16) };
}

/** SHA-1 is what the fingerprint of a version 4 key is by definition; no signature rests on it here. */
function upperHash(name: "sha1" | "sha256", bytes: Buffer): string {
  return hash(name, bytes, "hex").toUpperCase();
}
