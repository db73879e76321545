import { isUtf8 } from "node:buffer";
import { looksLikeUtf16 } from "../inventory/sniff.ts";

export type DecodedText = {
  readonly text: string;
  readonly encoding: "utf-8" | "utf-16" | "latin1";
};

/** Bytes as text: UTF-8, UTF-16 with or without its mark, else latin1, which never fails. The mark is dropped. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(bytes.subarray(2), true);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes.subarray(2), false);
  if (looksLikeUtf16(bytes)) return utf16(bytes, bytes[0] !== 0);
  if (!isUtf8(bytes)) return { text: latin1(bytes), encoding: "latin1" };
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const { buffer, byteOffset, byteLength } = isMarked ? bytes.subarray(3) : bytes;
  return { text: Buffer.from(buffer, byteOffset, byteLength).toString("utf8"), encoding: "utf-8" };
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function utf16(bytes: Uint8Array, isLittle: boolean): DecodedText {
  const text = new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes);
  return { text, encoding: "utf-16" };
}

/** A carriage return alone starts a line for a terminal and for some parsers, so it is read as one; lengths stay. */
export function breakLoneReturns(text: string): string {
  return text.includes("\r") ? text.replace(/\r(?!\n)/g, "\n") : text;
}
