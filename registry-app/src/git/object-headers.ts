import { isUtf8 } from "node:buffer";
import type { Identity, UnreadableBecause } from "./records.ts";

/** A header with its continuation lines joined by LF, as bytes, and where it stands in the object. */
export type Header = {
  readonly key: string;
  readonly value: Buffer;
  readonly start: number;
  readonly end: number;
};

export type SplitObject =
  | { readonly kind: "ok"; readonly headers: readonly Header[]; readonly bodyStart: number }
  | { readonly kind: "unreadable"; readonly because: UnreadableBecause };

const LF = 10;
const SPACE = 32;
const MAX_HEADERS = 1000;
const KEY = /^[a-z][a-z0-9-]{0,31}$/;
const TIME = /^(0|[1-9][0-9]{0,11}) ([+-][0-9]{4})$/;

/** Splits a tag or commit at its first empty line into headers and body. Works on bytes; linear. */
export function splitObject(bytes: Buffer): SplitObject {
  const headers: Header[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] === LF) return { kind: "ok", headers, bodyStart: at + 1 };
    let end = bytes.indexOf(LF, at);
    while (end !== -1 && bytes[end + 1] === SPACE) end = bytes.indexOf(LF, end + 1);
    const space = bytes.indexOf(SPACE, at);
    if (end === -1 || space === -1 || space > end || headers.length >= MAX_HEADERS)
      return { kind: "unreadable", because: "malformed-header" };
    const key = bytes.toString("latin1", at, space);
    if (!KEY.test(key)) return { kind: "unreadable", because: "malformed-header" };
    headers.push({ key, value: unfold(bytes.subarray(space + 1, end)), start: at, end: end + 1 });
    at = end + 1;
  }
  return { kind: "unreadable", because: "malformed-header" };
}

/** `Name <email> 1700000000 +0100`, strictly; undefined for anything else, bytes that are not UTF-8 included. */
export function parseIdentity(value: Buffer): Identity | undefined {
  if (!isUtf8(value)) return undefined;
  const text = value.toString("utf8");
  const open = text.indexOf("<");
  const close = text.indexOf("> ", open);
  if (open === -1 || close === -1 || text.includes("\n")) return undefined;
  const name = text.slice(0, open);
  const email = text.slice(open + 1, close);
  const [, seconds, zone] = TIME.exec(text.slice(close + 2)) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  if ((name !== "" && !name.endsWith(" ")) || /[<>]/.test(name + email)) return undefined;
  return { name: name.trim(), email, timeSeconds: Number(seconds), zone };
}

function unfold(value: Buffer): Buffer {
  const text = value.toString("latin1");
  return text.includes("\n ") ? Buffer.from(text.replaceAll("\n ", "\n"), "latin1") : value;
}
