import { crc32 } from "node:zlib";
import { Refusal } from "../runtime/index.ts";
import { toCanonicalOrder, type ArchiveFile } from "./archive-file.ts";

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const MAX_ENTRIES = 0xffff;
const MAX_SIZE_BYTES = 0xffff_ffff;
const DOS_DATE_1980 = 0x0021;
const UTF8_NAMES = 0x0800;
const MADE_BY_UNIX = (3 << 8) | 20;
const NEEDS_VERSION = 20;

/**
 * Packs files as a zip that depends on nothing but paths, modes and bytes: sorted, dated 1980-01-01, UTF-8 names, unix
 * modes. Stored, not deflated, so that no compressor's version is in the bytes. Refuses paths that do not fit.
 */
export function encodeZip(files: readonly ArchiveFile[]): Buffer {
  const entries = toCanonicalOrder(files).map((file) => ({
    ...file,
    name: Buffer.from(file.path),
    crc: crc32(file.bytes),
  }));
  const bodyBytes = sum(entries, ({ name, bytes }) => LOCAL_BYTES + name.length + bytes.length);
  const directoryBytes = sum(entries, ({ name }) => CENTRAL_BYTES + name.length);
  refuseTooLarge(entries.length, bodyBytes + directoryBytes + END_BYTES);

  const zip = Buffer.alloc(bodyBytes + directoryBytes + END_BYTES);
  let local = 0;
  let central = bodyBytes;
  for (const entry of entries) {
    writeCentral(zip.subarray(central), entry, local);
    writeLocal(zip.subarray(local), entry);
    local += LOCAL_BYTES + entry.name.length + entry.bytes.length;
    central += CENTRAL_BYTES + entry.name.length;
  }
  const end = zip.subarray(central);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(bodyBytes, 16);
  return zip;
}

type Entry = ArchiveFile & { readonly name: Buffer; readonly crc: number };

function writeLocal(at: Buffer, entry: Entry): void {
  at.writeUInt32LE(0x04034b50, 0);
  writeShared(at.subarray(4), entry);
  at.set(entry.name, LOCAL_BYTES);
  at.set(entry.bytes, LOCAL_BYTES + entry.name.length);
}

function writeCentral(at: Buffer, entry: Entry, localOffset: number): void {
  at.writeUInt32LE(0x02014b50, 0);
  at.writeUInt16LE(MADE_BY_UNIX, 4);
  writeShared(at.subarray(6), entry);
  at.writeUInt32LE(Number.parseInt(entry.mode, 8) * 0x10000, 38);
  at.writeUInt32LE(localOffset, 42);
  at.set(entry.name, CENTRAL_BYTES);
}

/** The fields that the local header and the central directory hold alike; the method stays 0: stored. */
function writeShared(at: Buffer, { crc, name, bytes }: Entry): void {
  at.writeUInt16LE(NEEDS_VERSION, 0);
  at.writeUInt16LE(UTF8_NAMES, 2);
  at.writeUInt16LE(DOS_DATE_1980, 8);
  at.writeUInt32LE(crc, 10);
  at.writeUInt32LE(bytes.length, 14);
  at.writeUInt32LE(bytes.length, 18);
  at.writeUInt16LE(name.length, 22);
}

function refuseTooLarge(entries: number, sizeBytes: number): void {
  if (entries < MAX_ENTRIES && sizeBytes < MAX_SIZE_BYTES) return;
  throw new Refusal(
    "too-large",
    `A zip cannot hold ${entries} files of ${sizeBytes} bytes together.`,
    "Split the skill, or download the tar.gz.",
  );
}

function sum<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  return items.reduce((total, item) => total + measure(item), 0);
}
