/** What the first bytes of a file say it is, whatever its name says. */
export type FileKind =
  | "text"
  | "zip"
  | "gzip"
  | "tar"
  | "7z"
  | "rar"
  | "xz"
  | "zstd"
  | "bzip2"
  | "lz4"
  | "cab"
  | "crx"
  | "ar"
  | "iso"
  | "dmg"
  | "elf"
  | "pe"
  | "macho"
  | "wasm"
  | "class"
  | "dex"
  | "pyc"
  | "pickle"
  | "sqlite"
  | "ole"
  | "pdf"
  | "png"
  | "jpeg"
  | "gif"
  | "webp"
  | "bmp"
  | "ico"
  | "tiff"
  | "font"
  | "media"
  | "empty"
  | "unknown";

type Magic = readonly [FileKind, number, string];

/** Kind, offset, bytes as latin1. */
const MAGICS: readonly Magic[] = [
  ["zip", 0, "PK\x03\x04"],
  ["zip", 0, "PK\x05\x06"],
  ["zip", 0, "PK\x07\x08"],
  ["gzip", 0, "\x1f\x8b\x08"],
  ["tar", 257, "ustar"],
  ["7z", 0, "7z\xbc\xaf\x27\x1c"],
  ["rar", 0, "Rar!\x1a\x07"],
  ["xz", 0, "\xfd7zXZ\x00"],
  ["zstd", 0, "\x28\xb5\x2f\xfd"],
  ["bzip2", 0, "BZh"],
  ["lz4", 0, "\x04\x22\x4d\x18"],
  ["cab", 0, "MSCF\x00\x00\x00\x00"],
  ["crx", 0, "Cr24"],
  ["ar", 0, "!<arch>\n"],
  ["iso", 0x8001, "CD001"],
  ["elf", 0, "\x7fELF"],
  ["macho", 0, "\xfe\xed\xfa\xce"],
  ["macho", 0, "\xfe\xed\xfa\xcf"],
  ["macho", 0, "\xce\xfa\xed\xfe"],
  ["macho", 0, "\xcf\xfa\xed\xfe"],
  ["wasm", 0, "\x00asm"],
  ["dex", 0, "dex\n03"],
  ["sqlite", 0, "SQLite format 3\x00"],
  ["ole", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  ["pdf", 0, "%PDF-"],
  ["png", 0, "\x89PNG\r\n\x1a\n"],
  ["jpeg", 0, "\xff\xd8\xff"],
  ["gif", 0, "GIF87a"],
  ["gif", 0, "GIF89a"],
  ["ico", 0, "\x00\x00\x01\x00"],
  ["tiff", 0, "II*\x00"],
  ["tiff", 0, "MM\x00*"],
  ["font", 0, "wOFF"],
  ["font", 0, "wOF2"],
  ["font", 0, "OTTO"],
  ["font", 0, "true\x00"],
  ["font", 0, "ttcf"],
  ["font", 0, "\x00\x01\x00\x00\x00"],
  ["media", 0, "OggS"],
  ["media", 0, "fLaC"],
  ["media", 0, "ID3"],
  ["media", 0, "\xff\xfb"],
  ["media", 0, "\xff\xf3"],
  ["media", 0, "\x1aE\xdf\xa3"],
  ["media", 4, "ftyp"],
];

const SNIFFED = 8192;

export function sniffKind(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return "empty";
  const known = MAGICS.find(([, offset, magic]) => hasMagic(bytes, offset, magic));
  if (known !== undefined) return known[0];
  return (
    sniffRiff(bytes) ??
    sniffExecutable(bytes) ??
    sniffPython(bytes) ??
    (isDmg(bytes) ? "dmg" : looksLikeText(bytes) ? "text" : sniffBitmap(bytes))
  );
}

export function hasMagic(bytes: Uint8Array, offset: number, magic: string): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let at = 0; at < magic.length; at += 1)
    if (bytes[offset + at] !== magic.charCodeAt(at)) return false;
  return true;
}

function sniffRiff(bytes: Uint8Array): FileKind | null {
  if (!hasMagic(bytes, 0, "RIFF")) return null;
  return hasMagic(bytes, 8, "WEBP") ? "webp" : "media";
}

function sniffExecutable(bytes: Uint8Array): FileKind | null {
  if (hasMagic(bytes, 0, "MZ") && bytes.length > 0x40) {
    const header = u32(bytes, 0x3c);
    return hasMagic(bytes, header, "PE\0\0") ? "pe" : looksLikeText(bytes) ? null : "pe";
  }
  if (!hasMagic(bytes, 0, "\xca\xfe\xba\xbe")) return null;
  // A fat Mach-O counts its architectures where a Java class has its version, which is 45 or more.
  return (bytes[7] ?? 0) < 30 ? "macho" : "class";
}

/** CPython: a version, then CR LF; the pickle protocols 2 to 5 begin with their number and end with a dot. */
function sniffPython(bytes: Uint8Array): FileKind | null {
  if (bytes[2] === 0x0d && bytes[3] === 0x0a && bytes.length >= 16 && !looksLikeText(bytes))
    return "pyc";
  const isPickle = bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 9) <= 5;
  return isPickle && bytes.at(-1) === 0x2e ? "pickle" : null;
}

function sniffBitmap(bytes: Uint8Array): FileKind {
  return hasMagic(bytes, 0, "BM") ? "bmp" : "unknown";
}

function isDmg(bytes: Uint8Array): boolean {
  return bytes.length > 512 && hasMagic(bytes, bytes.length - 512, "koly");
}

/** No zero bytes and few control characters at the start, or the mark of UTF-16. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, SNIFFED);
  const isUtf16 = hasMagic(bytes, 0, "\xff\xfe") || hasMagic(bytes, 0, "\xfe\xff");
  if (isUtf16) return true;
  let controls = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) return looksLikeUtf16(bytes);
    if (byte < 32 && (byte < 8 || byte > 13) && byte !== 27) controls += 1;
  }
  return controls * 50 <= end;
}

/** UTF-16 without a mark: every second byte is zero and the others are ASCII. */
export function looksLikeUtf16(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 256) & ~1;
  if (end < 8) return false;
  let low = 0;
  let high = 0;
  for (let at = 0; at < end; at += 2) {
    const [one, two] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    if (two === 0 && isPlain(one)) low += 1;
    if (one === 0 && isPlain(two)) high += 1;
  }
  return Math.max(low, high) * 2 >= end * 0.95;
}

function isPlain(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
}
