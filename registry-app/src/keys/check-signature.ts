import { hash, type KeyObject, verify } from "node:crypto";
import type { SignatureParts } from "./armor.ts";
import { createKeyObject, type KeyMaterial } from "./public-key.ts";
import type { SignatureFault } from "./types.ts";
import { positiveMpint, readWire } from "./wire.ts";

export type ParsedKey = KeyMaterial & { readonly object: KeyObject };

/** Flag of a security key: somebody touched it. */
const USER_PRESENT = 0x01;
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
  "sk-ssh-ed25519@openssh.com": ["sk-ssh-ed25519@openssh.com"],
  "sk-ecdsa-sha2-nistp256@openssh.com": ["sk-ecdsa-sha2-nistp256@openssh.com"],
};
const DIGESTS: Readonly<Record<string, string>> = {
  "rsa-sha2-256": "sha256",
  "rsa-sha2-512": "sha512",
  "ecdsa-sha2-nistp256": "sha256",
  "ecdsa-sha2-nistp384": "sha384",
  "ecdsa-sha2-nistp521": "sha512",
  "sk-ecdsa-sha2-nistp256@openssh.com": "sha256",
};

/** Undefined when the point of the key is not on its curve. */
export function toParsedKey(material: KeyMaterial): ParsedKey | undefined {
  const object = createKeyObject(material);
  return object === undefined ? undefined : { ...material, object };
}

/** Why this is not the key's signature over the message by an algorithm that is accepted; undefined when it is. */
export function findSignatureFault(
  parts: SignatureParts,
  parsed: ParsedKey,
  message: Buffer,
): SignatureFault | undefined {
  if (parts.algorithm === "ssh-rsa") return "weak-hash";
  if (!ALGORITHMS[parsed.key.type]?.includes(parts.algorithm)) return "malformed";
  if (parsed.application !== undefined) return findSecurityKeyFault(parts, parsed, message);
  if (parts.tail.length > 0) return "malformed";
  return holds(parts, parsed, message) ? undefined : "bad-signature";
}

/** A security key signs hash(application), flags, counter, hash(message). */
function findSecurityKeyFault(
  parts: SignatureParts,
  parsed: ParsedKey,
  message: Buffer,
): SignatureFault | undefined {
  if (parts.tail.length !== 5) return "malformed";
  const application = Buffer.from(parsed.application ?? "", "latin1");
  const wrapped = Buffer.concat([sha256(application), parts.tail, sha256(message)]);
  if (!holds(parts, parsed, wrapped)) return "bad-signature";
  return ((parts.tail[0] ?? 0) & USER_PRESENT) === 0 ? "no-presence" : undefined;
}

function sha256(bytes: Buffer): Buffer {
  return hash("sha256", bytes, "buffer");
}

function holds(parts: SignatureParts, parsed: ParsedKey, message: Buffer): boolean {
  const digest = DIGESTS[parts.algorithm] ?? null;
  const { jwk, object } = parsed;
  if (jwk.kty === "EC") {
    const signature = fixedWidth(parts.signature, widthOf(jwk.x));
    if (signature === undefined) return false;
    return verify(digest, message, { key: object, dsaEncoding: "ieee-p1363" }, signature);
  }
  // OpenSSH lets an RSA signature drop its leading zeros.
  const widthBytes = jwk.kty === "RSA" ? widthOf(jwk.n) : 64;
  if (parts.signature.length > widthBytes) return false;
  const signature = jwk.kty === "RSA" ? padLeft(parts.signature, widthBytes) : parts.signature;
  return verify(digest, message, object, signature);
}

function widthOf(base64url: string | undefined): number {
  return Buffer.byteLength(base64url ?? "", "base64url");
}

/** ECDSA's r and s, from two mpints to two numbers of the curve's width. */
function fixedWidth(signature: Buffer, widthBytes: number): Buffer | undefined {
  const wire = readWire(signature);
  const r = positiveMpint(wire.bytes() ?? Buffer.alloc(0));
  const s = positiveMpint(wire.bytes() ?? Buffer.alloc(0));
  if (r === undefined || s === undefined || !wire.isAtEnd()) return undefined;
  if (r.length > widthBytes || s.length > widthBytes) return undefined;
  return Buffer.concat([padLeft(r, widthBytes), padLeft(s, widthBytes)]);
}

function padLeft(bytes: Buffer, widthBytes: number): Buffer {
  return Buffer.concat([Buffer.alloc(widthBytes - bytes.length), bytes]);
}
