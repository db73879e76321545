import { hash, type KeyObject, verify } from "node:crypto";
import { parseArmor, signedBytes, type SshSignature } from "./armor.ts";
import { createKeyObject, type KeyMaterial, readMaterial } from "./public-key.ts";
import type { SignatureFault, SignedBytes, SshVerdict, SshVerifier } from "./types.ts";
import { positiveMpint, readWire } from "./wire.ts";

type ParsedKey = KeyMaterial & { readonly object: KeyObject };

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

/** A verifier with a cache of its own: a registry meets few keys and many signatures. Default `maxKeys`: 512. */
export function createSshVerifier(limits: { readonly maxKeys?: number } = {}): SshVerifier {
  const maxKeys = limits.maxKeys ?? 512;
  const cache = new Map<string, ParsedKey>();
  const findKey = (blob: Buffer): ParsedKey | undefined => {
    const id = blob.toString("latin1");
    const known = cache.get(id);
    if (known !== undefined) return known;
    // A copy: the blob may be a slice of a much larger buffer that would otherwise stay in memory.
    const read = readMaterial(Buffer.from(blob));
    if (read.kind === "bad") return undefined;
    const object = createKeyObject(read.material);
    if (object === undefined) return undefined;
    const oldest = cache.keys().next();
    if (cache.size >= maxKeys && !oldest.done) cache.delete(oldest.value);
    const parsed = { ...read.material, object };
    cache.set(id, parsed);
    return parsed;
  };
  return { verify: (signed) => verifySignature(signed, findKey) };
}

function verifySignature(
  signed: SignedBytes,
  findKey: (blob: Buffer) => ParsedKey | undefined,
): SshVerdict {
  const parts = parseArmor(signed.armor);
  if (parts === undefined) return { kind: "bad", because: "malformed" };
  const parsed = findKey(parts.publicKey);
  if (parsed === undefined) return { kind: "bad", because: "unsupported-key" };
  const fault = findFault(parts, parsed, signed);
  return fault === undefined
    ? { kind: "good", key: parsed.key }
    : { kind: "bad", because: fault, key: parsed.key };
}

function findFault(
  parts: SshSignature,
  parsed: ParsedKey,
  signed: SignedBytes,
): SignatureFault | undefined {
  if (parts.namespace !== signed.namespace) return "wrong-namespace";
  if (parts.hash !== "sha256" && parts.hash !== "sha512") return "weak-hash";
  if (parts.algorithm === "ssh-rsa") return "weak-hash";
  if (!ALGORITHMS[parsed.key.type]?.includes(parts.algorithm)) return "malformed";
  const digest = hash(parts.hash, signed.payload, "buffer");
  const message = signedBytes(parts, digest);
  if (parsed.application !== undefined) return findSecurityKeyFault(parts, parsed, message);
  if (parts.tail.length > 0) return "malformed";
  return holds(parts, parsed, message) ? undefined : "bad-signature";
}

/** A security key signs hash(application), flags, counter, hash(message). */
function findSecurityKeyFault(
  parts: SshSignature,
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

function holds(parts: SshSignature, parsed: ParsedKey, message: Buffer): boolean {
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
