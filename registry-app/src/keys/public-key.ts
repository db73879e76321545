import { createPublicKey, hash, type JsonWebKey, type KeyObject } from "node:crypto";
import type { PublicKeyRead, SshKeyType, SshPublicKey } from "./types.ts";
import { decodeBase64, positiveMpint, readWire, type WireReader, wireString } from "./wire.ts";

/** What a key blob means to node:crypto; `application` is a security key's, signed over by its hash. */
export type KeyMaterial = {
  readonly key: SshPublicKey;
  readonly jwk: JsonWebKey;
  readonly application: string | undefined;
};

export type MaterialRead =
  | { readonly kind: "material"; readonly material: KeyMaterial }
  | Extract<PublicKeyRead, { kind: "bad" }>;

export const MAX_BLOB_BYTES = 8192;
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;
const CURVES = {
  nistp256: { crv: "P-256", sizeBytes: 32 },
  nistp384: { crv: "P-384", sizeBytes: 48 },
  nistp521: { crv: "P-521", sizeBytes: 66 },
} as const;
const BAD = { kind: "bad", because: "malformed" } as const;
const UNSUPPORTED = { kind: "bad", because: "unsupported" } as const;
const WEAK = { kind: "bad", because: "weak" } as const;

/** `SHA256:` and the hash in unpadded base64, as ssh-keygen -l prints it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${hash("sha256", blob, "base64").replaceAll("=", "")}`;
}

/** A key from its wire form, strictly: nothing may follow the last field. */
export function readPublicKeyBlob(blob: Buffer): PublicKeyRead {
  const read = readMaterial(blob);
  return read.kind === "bad" ? read : { kind: "key", key: read.material.key, comment: "" };
}

/** A key from the line of a .pub file: type, base64, comment. A trailing line end is fine, a second line is not. */
export function parsePublicKey(line: string): PublicKeyRead {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line))
    return { kind: "bad", because: "private-key" };
  const trimmed = line.trim();
  if (/[\r\n\0]/.test(trimmed)) return BAD;
  const [type, base64, ...comment] = trimmed.split(/[ \t]+/);
  if (type === undefined || base64 === undefined || base64.length > MAX_BLOB_BYTES * 2) return BAD;
  const blob = decodeBase64(base64);
  if (blob === undefined || readWire(blob).text() !== type) return BAD;
  const read = readPublicKeyBlob(blob);
  return read.kind === "bad" ? read : { ...read, comment: comment.join(" ") };
}

/** The line of a .pub file, without a line end. */
export function formatPublicKey(key: SshPublicKey, comment = ""): string {
  return `${key.type} ${key.blob.toString("base64")}${comment === "" ? "" : ` ${comment}`}`;
}

export function createKeyObject(material: KeyMaterial): KeyObject | undefined {
  try {
    return createPublicKey({ key: material.jwk, format: "jwk" });
  } catch {
    // A point that is not on its curve: node says so by throwing.
    return undefined;
  }
}

export function readMaterial(blob: Buffer): MaterialRead {
  if (blob.length > MAX_BLOB_BYTES) return BAD;
  const wire = readWire(blob);
  const type = wire.text();
  const fields = type === undefined ? BAD : readFields(type, wire);
  if (fields.kind === "bad") return fields;
  return wire.isAtEnd() ? toMaterial(fields, blob) : BAD;
}

/** The key inside a certificate: the fields of a plain key without its type, as they stand next on the wire. */
export function readCertifiedMaterial(type: string, body: Buffer, wire: WireReader): MaterialRead {
  const start = wire.offset();
  const fields = readFields(type, wire);
  if (fields.kind === "bad") return fields;
  return toMaterial(fields, Buffer.concat([wireString(type), body.subarray(start, wire.offset())]));
}

function toMaterial(fields: Extract<Fields, { kind: "fields" }>, blob: Buffer): MaterialRead {
  const key = { type: fields.type, blob, fingerprint: fingerprintOf(blob) };
  return {
    kind: "material",
    material: { key, jwk: fields.jwk, application: fields.application },
  };
}

type Fields =
  | { kind: "fields"; type: SshKeyType; jwk: JsonWebKey; application?: string | undefined }
  | Extract<PublicKeyRead, { kind: "bad" }>;

function readFields(type: string, wire: WireReader): Fields {
  switch (type) {
    case "ssh-ed25519":
      return edwards(type, wire);
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return ecdsa(type, wire);
    case "ssh-rsa":
      return rsa(type, wire);
    case "sk-ssh-ed25519@openssh.com":
      return withApplication(edwards(type, wire), wire);
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return withApplication(ecdsa(type, wire), wire);
    default:
      return UNSUPPORTED;
  }
}

function withApplication(fields: Fields, wire: WireReader): Fields {
  const application = wire.text();
  if (fields.kind === "bad") return fields;
  return application === undefined ? BAD : { ...fields, application };
}

function edwards(type: SshKeyType, wire: WireReader): Fields {
  const point = wire.bytes();
  if (point?.length !== 32) return BAD;
  return {
    kind: "fields",
    type,
    jwk: { kty: "OKP", crv: "Ed25519", x: point.toString("base64url") },
  };
}

function ecdsa(type: SshKeyType, wire: WireReader): Fields {
  const name = wire.text();
  const point = wire.bytes();
  if (name !== "nistp256" && name !== "nistp384" && name !== "nistp521") return BAD;
  if (!type.includes(name) || point === undefined) return BAD;
  const { crv, sizeBytes } = CURVES[name];
  if (point.length !== 1 + 2 * sizeBytes || point[0] !== 4) return BAD;
  const x = point.subarray(1, 1 + sizeBytes).toString("base64url");
  const y = point.subarray(1 + sizeBytes).toString("base64url");
  return { kind: "fields", type, jwk: { kty: "EC", crv, x, y } };
}

function rsa(type: SshKeyType, wire: WireReader): Fields {
  const e = positiveMpint(wire.bytes() ?? Buffer.alloc(0));
  const n = positiveMpint(wire.bytes() ?? Buffer.alloc(0));
  if (e === undefined || n === undefined) return BAD;
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  // An exponent of 1 would let anybody sign; a long one makes each verification dear.
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || e.length > 8 || (e.length === 1 && e[0] === 1))
    return WEAK;
  return {
    kind: "fields",
    type,
    jwk: { kty: "RSA", e: e.toString("base64url"), n: n.toString("base64url") },
  };
}
