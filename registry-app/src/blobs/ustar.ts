import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Stalled } from "../runtime/index.ts";
import { splitName, toCanonicalOrder, type ArchiveFile, type FileMode } from "./archive-file.ts";

const BLOCK_BYTES = 512;
const END_BYTES = 2 * BLOCK_BYTES;
const MAX_SIZE_BYTES = 0o77777777777;
const deflate = promisify(gzip);

/**
 * Packs files as ustar that depends on nothing but paths, modes and bytes: sorted, owner 0, time 0, no folders, no
 * links, no extensions, SKILL.md at the root. Refuses paths that do not fit.
 */
export function encodeUstar(files: readonly ArchiveFile[]): Buffer {
  const sorted = toCanonicalOrder(files);
  const sizeBytes = sorted.reduce((sum, { bytes }) => sum + BLOCK_BYTES + padded(bytes.length), 0);
  const tar = Buffer.alloc(sizeBytes + END_BYTES);
  let at = 0;
  for (const file of sorted) {
    writeHeader(tar.subarray(at, at + BLOCK_BYTES), file.path, file.mode, file.bytes.length);
    tar.set(file.bytes, at + BLOCK_BYTES);
    at += BLOCK_BYTES + padded(file.bytes.length);
  }
  return tar;
}

/** Unpacks what encodeUstar packed, as views of `tar`; Stalled for any byte that encodeUstar would not have written. */
export function decodeUstar(tar: Uint8Array): readonly ArchiveFile[] {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength);
  const files: ArchiveFile[] = [];
  let at = 0;
  while (bytes.length - at > END_BYTES) {
    const file = readFile(bytes, at);
    files.push(file);
    at += BLOCK_BYTES + padded(file.bytes.length);
  }
  // One comparison checks all that the reader skipped: checksums, padding, order, the end.
  if (!encodeAgain(files).equals(bytes)) throw notCanonical();
  return files;
}

/**
 * Compresses a tar the same way each time: level 6, no time, no name, operating system "unknown". The bytes hold for
 * the zlib of one Node release, so they are made once, at release, and nothing but their transport rests on them.
 */
export async function gzipTar(tar: Uint8Array): Promise<Buffer> {
  const bytes = await deflate(tar, { level: 6, memLevel: 8, windowBits: 15 });
  bytes.fill(0, 4, 8); // modification time
  bytes[9] = 255; // operating system
  return bytes;
}

function readFile(tar: Buffer, at: number): ArchiveFile {
  const header = tar.subarray(at, at + BLOCK_BYTES);
  const name = readText(header, 0, 100);
  const prefix = readText(header, 345, 155);
  const sizeBytes = readOctal(header, 124, 12);
  const start = at + BLOCK_BYTES;
  if (start + padded(sizeBytes) > tar.length - END_BYTES) throw notCanonical();
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    mode: toMode(readOctal(header, 100, 8)),
    bytes: tar.subarray(start, start + sizeBytes),
  };
}

function encodeAgain(files: readonly ArchiveFile[]): Buffer {
  try {
    return encodeUstar(files);
  } catch {
    throw notCanonical();
  }
}

function writeHeader(header: Buffer, path: string, mode: FileMode, sizeBytes: number): void {
  const split = splitName(path);
  if (split === undefined || sizeBytes > MAX_SIZE_BYTES) throw new Error(`${path} does not fit`);
  header.write(split.name, 0);
  header.write(mode === "100755" ? "0000755\0" : "0000644\0", 100);
  header.write("0000000\0".repeat(2), 108); // user and group
  header.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136); // modification time
  header.write("        0", 148); // checksum, as spaces while it is summed; a regular file
  header.write("ustar\x0000", 257);
  header.write("0000000\0".repeat(2), 329); // device numbers
  header.write(split.prefix, 345);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
}

function readText(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function readOctal(header: Buffer, start: number, length: number): number {
  const text = header.toString("latin1", start, start + length - 1);
  if (!/^[0-7]+$/.test(text)) throw notCanonical();
  return Number.parseInt(text, 8);
}

function toMode(bits: number): FileMode {
  if (bits === 0o644) return "100644";
  if (bits === 0o755) return "100755";
  throw notCanonical();
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

function notCanonical(): Stalled {
  return new Stalled("The stored archive is not the canonical ustar that was written.");
}
