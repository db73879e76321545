import { gunzipSync, inflateSync, unzlibSync } from "fflate";

/** Encodings that a program undoes, worked out as the program would. */

export type Decoding = "base64" | "base32" | "base85" | "hex" | "url" | "rot13" | "gzip";

const MAX_OUT = 200_000;

/** The text that comes out; null when it is not that encoding, or what comes out is no text. Bytes are kept as Latin-1. */
export function decodeText(text: string, how: Decoding): string | null {
  const own = text.slice(0, MAX_OUT);
  switch (how) {
    case "base64":
      return base64(own);
    case "hex":
      return hex(own);
    case "url":
      return url(own);
    case "rot13":
      return rot13(own);
    case "base32":
      return base32(own);
    case "gzip":
      return inflate(own);
    case "base85":
      return null;
  }
}

function base64(text: string): string | null {
  const packed = text
    .replaceAll(/[\s"']/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  if (packed.length < 4 || !/^[A-Za-z0-9+/]{2,200000}={0,2}$/.test(packed)) return null;
  return Buffer.from(packed, "base64").toString("latin1");
}

function hex(text: string): string | null {
  const packed = text.replaceAll(/\s|\\x|0x|,/g, "");
  if (packed.length < 2 || !/^[0-9a-fA-F]{2,200000}$/.test(packed)) return null;
  return Buffer.from(packed, "hex").toString("latin1");
}

function url(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Letters thirteen places on. */
export function rot13(text: string): string {
  return text.replaceAll(/[a-zA-Z]/g, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCodePoint(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function base32(text: string): string | null {
  const packed = text.replaceAll(/[\s=]/g, "").toUpperCase();
  if (packed.length < 2 || !/^[A-Z2-7]{2,200000}$/.test(packed)) return null;
  let bits = 0;
  let held = 0;
  const bytes: number[] = [];
  for (const letter of packed) {
    held = ((held << 5) | BASE32.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes).toString("latin1");
}

/** zlib, gzip or bare deflate, as bytes in Latin-1. Output over the cap is no text that we would read. */
function inflate(text: string): string | null {
  const bytes = Buffer.from(text, "latin1");
  const out = new Uint8Array(MAX_OUT);
  for (const open of [gunzipSync, unzlibSync, inflateSync]) {
    try {
      const plain = open(bytes, { out });
      return Buffer.from(plain).toString("latin1").slice(0, MAX_OUT);
    } catch {
      // Another container, or none.
    }
  }
  return null;
}
