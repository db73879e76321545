import { hash } from "node:crypto";
import { parseArmor, signedBytes } from "./armor.ts";
import { isCertificateBlob, readCertificate } from "./certificate.ts";
import { findSignatureFault, type ParsedKey, toParsedKey } from "./check-signature.ts";
import { readMaterial } from "./public-key.ts";
import type {
  SignatureFault,
  SignedBytes,
  SshCertificate,
  SshVerdict,
  SshVerifier,
} from "./types.ts";

type Known = { readonly parsed: ParsedKey; readonly certificate?: SshCertificate };
type Found = ({ readonly kind: "known" } & Known) | { kind: "bad"; because: SignatureFault };

/** A verifier with a cache of its own: a registry meets few keys and many signatures. Default `maxKeys`: 512. */
export function createSshVerifier(limits: { readonly maxKeys?: number } = {}): SshVerifier {
  const maxKeys = limits.maxKeys ?? 512;
  const cache = new Map<string, Extract<Found, { kind: "known" }>>();
  const findKey = (blob: Buffer): Found => {
    const id = blob.toString("latin1");
    const known = cache.get(id);
    if (known !== undefined) return known;
    // A copy: the blob may be a slice of a much larger buffer that would otherwise stay in memory.
    const found = readKey(Buffer.from(blob));
    if (found.kind === "bad") return found;
    const oldest = cache.keys().next();
    if (cache.size >= maxKeys && !oldest.done) cache.delete(oldest.value);
    cache.set(id, found);
    return found;
  };
  return { verify: (signed) => verifySignature(signed, findKey) };
}

/** A plain key, or the key inside a certificate whose authority has signed it. */
function readKey(blob: Buffer): Found {
  if (isCertificateBlob(blob)) {
    const read = readCertificate(blob);
    return read.kind === "bad" ? read : { ...read, kind: "known" };
  }
  const read = readMaterial(blob);
  const parsed = read.kind === "bad" ? undefined : toParsedKey(read.material);
  return parsed === undefined
    ? { kind: "bad", because: "unsupported-key" }
    : { kind: "known", parsed };
}

function verifySignature(signed: SignedBytes, findKey: (blob: Buffer) => Found): SshVerdict {
  const parts = parseArmor(signed.armor);
  if (parts === undefined) return { kind: "bad", because: "malformed" };
  const found = findKey(parts.publicKey);
  if (found.kind === "bad") return found;
  const { key } = found.parsed;
  const named = found.certificate === undefined ? { key } : { key, certificate: found.certificate };
  const bad = (because: SignatureFault): SshVerdict => ({ kind: "bad", because, ...named });
  if (parts.namespace !== signed.namespace) return bad("wrong-namespace");
  if (parts.hash !== "sha256" && parts.hash !== "sha512") return bad("weak-hash");
  const message = signedBytes(parts, hash(parts.hash, signed.payload, "buffer"));
  const fault = findSignatureFault(parts, found.parsed, message);
  return fault === undefined ? { kind: "good", ...named } : bad(fault);
}
