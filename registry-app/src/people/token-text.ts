import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Ids } from "../runtime/index.ts";

const SHAPE = /^assay_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

/** A new token: the prefix lets secret scanners find a leaked one, the checksum lets us refuse noise without a query. */
export function makeTokenText(ids: Ids): string {
  const secret = ids.secret(32);
  return `assay_${secret}${checksum(secret)}`;
}

/** Whether a text could be one of our tokens at all. */
export function isTokenShaped(text: string): boolean {
  const match = SHAPE.exec(text);
  return match?.[1] !== undefined && checksum(match[1]) === match[2];
}

/** What is stored of a token. 256 random bits need no slow hash. */
export function hashToken(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

function checksum(secret: string): string {
  return crc32(`assay_${secret}`).toString(16).padStart(8, "0");
}
