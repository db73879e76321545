import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key that credentials are sealed with, from the registry's master secret. It is kept nowhere. */
export function deriveSealKey(masterSecret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", masterSecret, "", "assay source credential 1", 32));
}

/** Encrypts with AES-256-GCM; what is sealed opens only for the very `boundTo` that it was sealed for. */
export function seal(key: Buffer, plain: string, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
}

/** Undefined when it was sealed with another key, for something else, or was changed since. */
export function unseal(key: Buffer, sealed: Buffer, boundTo: string): string | undefined {
  const start = 1 + NONCE_BYTES + TAG_BYTES;
  if (sealed[0] !== VERSION || sealed.length < start) return undefined;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const cipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boundTo));
  cipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, start));
  try {
    return Buffer.concat([cipher.update(sealed.subarray(start)), cipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
