import { readSignatureParts, type SignatureParts } from "./armor.ts";
import { findSignatureFault, type ParsedKey, toParsedKey } from "./check-signature.ts";
import { MAX_BLOB_BYTES, readCertifiedMaterial, readMaterial } from "./public-key.ts";
import type { SignatureFault, SshCertificate } from "./types.ts";
import { readWire, type WireReader } from "./wire.ts";

export type CertificateRead =
  | {
      readonly kind: "certificate";
      readonly certificate: SshCertificate;
      /** The key that the certificate is for. */
      readonly parsed: ParsedKey;
    }
  | { readonly kind: "bad"; readonly because: SignatureFault };

type Statement = Omit<SshCertificate, "key" | "authority">;

/** By type of the certificate, the type of the key inside; as PROTOCOL.certkeys of OpenSSH lists them. */
const PLAIN_TYPES: ReadonlyMap<string, string> = new Map([
  ["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"],
  ["ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256"],
  ["ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384"],
  ["ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521"],
  ["ssh-rsa-cert-v01@openssh.com", "ssh-rsa"],
  ["sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com"],
  ["sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"],
]);
const ROLES: Readonly<Record<number, SshCertificate["role"]>> = { 1: "user", 2: "host" };
/** As in OpenSSH. */
const MAX_PRINCIPALS = 256;
const MAX_OPTIONS = 64;
/** The last second that a Date can show; what lies beyond counts as never. */
const MAX_TIME_SECONDS = 8_640_000_000_000n;
const MALFORMED = { kind: "bad", because: "malformed" } as const;

export function isCertificateBlob(blob: Buffer): boolean {
  return PLAIN_TYPES.has(readWire(blob).text() ?? "");
}

/** A certificate from its wire form whose authority's signature holds; who trusts that authority is not judged here. */
export function readCertificate(blob: Buffer): CertificateRead {
  if (blob.length > MAX_BLOB_BYTES) return MALFORMED;
  const wire = readWire(blob);
  const type = PLAIN_TYPES.get(wire.text() ?? "");
  const nonce = wire.bytes();
  if (type === undefined || nonce === undefined) return MALFORMED;
  const inner = readCertifiedMaterial(type, blob, wire);
  if (inner.kind === "bad") return badKey(inner.because);
  const statement = readStatement(wire);
  const authorityBlob = wire.bytes();
  const signedEnd = wire.offset();
  const signature = readSignatureParts(wire.bytes() ?? Buffer.alloc(0));
  if (statement === undefined || authorityBlob === undefined || signature === undefined)
    return MALFORMED;
  if (!wire.isAtEnd()) return MALFORMED;
  const authority = readMaterial(authorityBlob);
  if (authority.kind === "bad") return badKey(authority.because);
  const parsed = toParsedKey(inner.material);
  const signer = toParsedKey(authority.material);
  if (parsed === undefined || signer === undefined) return badKey("unsupported");
  const because = findForgery(signature, signer, blob.subarray(0, signedEnd));
  if (because !== undefined) return { kind: "bad", because };
  const certificate = { ...statement, key: parsed.key, authority: signer.key };
  return { kind: "certificate", certificate, parsed };
}

function badKey(because: "malformed" | "unsupported" | "weak" | "private-key"): CertificateRead {
  return because === "malformed" ? MALFORMED : { kind: "bad", because: "unsupported-key" };
}

function findForgery(
  parts: SignatureParts,
  authority: ParsedKey,
  signed: Buffer,
): SignatureFault | undefined {
  const fault = findSignatureFault(parts, authority, signed);
  return fault === "bad-signature" ? "bad-certificate" : fault;
}

/** What the authority says of the key: from the serial to the reserved field. */
function readStatement(wire: WireReader): Statement | undefined {
  const serial = wire.uint64();
  const role = ROLES[wire.uint32() ?? 0];
  const keyId = readText(wire.bytes());
  const principals = readList(wire.bytes(), MAX_PRINCIPALS, (list) => readText(list.bytes()));
  const validAfterMs = readTimeMs(wire.uint64());
  const validBeforeMs = readTimeMs(wire.uint64());
  const criticalOptions = readOptionNames(wire.bytes());
  const extensions = readOptionNames(wire.bytes());
  const reserved = wire.bytes();
  if (serial === undefined || role === undefined || keyId === undefined) return undefined;
  if (principals === undefined || validAfterMs === undefined || validBeforeMs === undefined)
    return undefined;
  if (criticalOptions === undefined || extensions === undefined || reserved === undefined)
    return undefined;
  const times = { validAfterMs, validBeforeMs };
  return { role, serial: serial.toString(), keyId, principals, ...times, criticalOptions };
}

function readOptionNames(bytes: Buffer | undefined): readonly string[] | undefined {
  return readList(bytes, MAX_OPTIONS, (list) => {
    const name = readText(list.bytes());
    return list.bytes() === undefined ? undefined : name;
  });
}

function readList(
  bytes: Buffer | undefined,
  max: number,
  readOne: (list: WireReader) => string | undefined,
): readonly string[] | undefined {
  if (bytes === undefined) return undefined;
  const list = readWire(bytes);
  const found: string[] = [];
  while (!list.isAtEnd()) {
    const one = readOne(list);
    if (one === undefined || found.length >= max) return undefined;
    found.push(one);
  }
  return found;
}

/** UTF-8 without NUL, as these texts are compared with what people wrote elsewhere. */
function readText(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
}

function readTimeMs(seconds: bigint | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  return seconds > MAX_TIME_SECONDS ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
}
