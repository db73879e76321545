const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** The alphabet of Python's b85encode, of git and of RFC 1924. */
const BASE85 =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** Both alphabets, with or without padding; blanks are left out. Null when it cannot be base64. */
export function fromBase64(text: string): Uint8Array | null {
  const clean = text.replace(/=+$/, "");
  if (clean.length % 4 === 1) return null;
  return new Uint8Array(Buffer.from(clean, "base64"));
}

export function fromHex(text: string): Uint8Array | null {
  return text.length % 2 === 0 ? new Uint8Array(Buffer.from(text, "hex")) : null;
}

export function fromBase32(text: string): Uint8Array | null {
  const clean = text.replace(/=+$/, "").toUpperCase();
  const bytes = new Uint8Array((clean.length * 5) >> 3);
  let [bits, held, at] = [0, 0, 0];
  for (const letter of clean) {
    const value = BASE32.indexOf(letter);
    if (value < 0) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 255;
    at += 1;
  }
  return bytes;
}

/** `first` is the code of the digit 0 for Ascii85, null for the alphabet of b85encode. */
export function fromBase85(text: string, first: number | null): Uint8Array | null {
  const bytes: number[] = [];
  let [value, count] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (first !== null && code === 122 && count === 0) {
      bytes.push(0, 0, 0, 0);
      continue;
    }
    const digit = first === null ? BASE85.indexOf(text.charAt(at)) : code - first;
    if (digit < 0 || digit > 84) return null;
    value = value * 85 + digit;
    count += 1;
    if (count < 5) continue;
    if (value > 0xffffffff) return null;
    push(bytes, value, 4);
    [value, count] = [0, 0];
  }
  if (count > 1) {
    for (let left = count; left < 5; left += 1) value = value * 85 + 84;
    push(bytes, value, count - 1);
  }
  return new Uint8Array(bytes);
}

function push(bytes: number[], value: number, count: number): void {
  for (let at = 0; at < count; at += 1) bytes.push(Math.floor(value / 256 ** (3 - at)) & 255);
}

export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const base = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - base + 13) % 26) + base);
  });
}

export function reverse(text: string): string {
  return text.split("").toReversed().join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** One escape of C, JavaScript, Python or a shell, or of HTML or a URL, as the character that it means. */
export function unescapeOne(escape: string): string {
  if (escape.startsWith("&")) return unescapeEntity(escape.slice(1, -1));
  const digits = /[0-9a-f]{1,6}/i.exec(escape.replace(/^(?:\\[xuU]|%u?|\\)\{?/, ""))?.[0] ?? "";
  const isOctal = /^\\[0-7]/.test(escape);
  return fromCode(Number.parseInt(digits, isOctal ? 8 : 16));
}

function unescapeEntity(name: string): string {
  if (!name.startsWith("#")) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? "") : "";
  const isHex = /^#x/i.test(name);
  return fromCode(Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10));
}

function fromCode(code: number): string {
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}
