import { decodeText } from "./decode-text.ts";

/** Shorter than this, chance makes words. */
const LEAST = 9;

/**
 * Bytes that a decoder brought out, as text, or null when they read like none. Random bytes pass with a chance of
 * about one in three per byte, so that what has nine and more is there because somebody put it there.
 */
export function readAsText(bytes: Uint8Array): string | null {
  if (bytes.length < LEAST || isCode(bytes)) return null;
  const { text, encoding } = decodeText(bytes);
  if (encoding === "latin1") return null;
  return isTextLike(text) ? text : null;
}

/** A control character among the first bytes, and none of the zeros of UTF-16: most of what is tried ends here. */
function isCode(bytes: Uint8Array): boolean {
  if (bytes[0] === 0 || bytes[1] === 0) return false;
  const isMarked = (bytes[0] ?? 0) >= 0xfe;
  for (let at = 0; at < 16 && at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 9 || (byte > 13 && byte < 27)) return !isMarked;
  }
  return false;
}

export function isTextLike(text: string): boolean {
  if (text.length < LEAST) return false;
  let letters = 0;
  let strange = 0;
  const end = Math.min(text.length, 4096);
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) letters += 1;
    else if (code < 32 && code !== 9 && code !== 10 && code !== 13) strange += 1;
    else if (code === 127 || code === 0xfffd || (code >= 0x80 && code < 0xa0)) strange += 1;
    else if (code >= 0x100) letters += isWordy(code) ? 1 : 0;
  }
  const mayBeStrange = end < 64 ? 0 : end * 0.01;
  return strange <= mayBeStrange && letters >= end * 0.4;
}

function isWordy(code: number): boolean {
  return code >= 0x370 && code < 0x2000 ? true : code >= 0x3040 && code < 0xd7ff;
}
