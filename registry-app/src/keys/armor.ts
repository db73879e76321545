import { decodeBase64, readWire, wireString, wireUint32 } from "./wire.ts";

const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";
const MAX_ARMOR_CHARS = 16_384;
const MAGIC = Buffer.from("SSHSIG");
const VERSION = 1;

/** The fields of an SSHSIG structure, as PROTOCOL.sshsig of OpenSSH names them. */
export type SshSignature = {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: string;
  readonly algorithm: string;
  /** What follows the algorithm: the signature itself and, for security keys, flags and counter. */
  readonly signature: Buffer;
  readonly tail: Buffer;
};

/** What an SSH signature is made of: by a tag's signer over a tag, by an authority over a certificate. */
export type SignatureParts = Pick<SshSignature, "algorithm" | "signature" | "tail">;

/** One armour block, strictly: LF line ends, canonical base64, nothing before, and at most one LF after it. */
export function parseArmor(armor: string): SshSignature | undefined {
  if (armor.length > MAX_ARMOR_CHARS) return undefined;
  const lines = (armor.endsWith("\n") ? armor.slice(0, -1) : armor).split("\n");
  if (lines.length < 3 || lines[0] !== BEGIN || lines.at(-1) !== END) return undefined;
  const body = lines.slice(1, -1);
  if (body.some((line) => !/^[A-Za-z0-9+/=]{1,76}$/.test(line))) return undefined;
  const blob = decodeBase64(body.join(""));
  return blob === undefined ? undefined : parseBlob(blob);
}

function parseBlob(blob: Buffer): SshSignature | undefined {
  const wire = readWire(blob);
  if (!wire.take(MAGIC.length)?.equals(MAGIC) || wire.uint32() !== VERSION) return undefined;
  const publicKey = wire.bytes();
  const namespace = wire.text();
  const reserved = wire.bytes();
  const hash = wire.text();
  const inner = wire.bytes();
  if (publicKey === undefined || namespace === undefined || reserved === undefined)
    return undefined;
  if (hash === undefined || inner === undefined || !wire.isAtEnd()) return undefined;
  const parts = readSignatureParts(inner);
  return parts === undefined ? undefined : { publicKey, namespace, reserved, hash, ...parts };
}

/** The fields of a wire `string` that holds a signature; undefined when they do not add up. */
export function readSignatureParts(blob: Buffer): SignatureParts | undefined {
  const wire = readWire(blob);
  const algorithm = wire.text();
  const signature = wire.bytes();
  if (algorithm === undefined || signature === undefined) return undefined;
  return { algorithm, signature, tail: blob.subarray(wire.offset()) };
}

/** The bytes that the key signs: the hash of the payload, bound to namespace and hash name. */
export function signedBytes(
  parts: Pick<SshSignature, "namespace" | "reserved" | "hash">,
  digest: Buffer,
): Buffer {
  return Buffer.concat([
    MAGIC,
    wireString(Buffer.from(parts.namespace, "latin1")),
    wireString(parts.reserved),
    wireString(parts.hash),
    wireString(digest),
  ]);
}

export function formatArmor(parts: Omit<SshSignature, "tail">): string {
  const blob = Buffer.concat([
    MAGIC,
    wireUint32(VERSION),
    wireString(parts.publicKey),
    wireString(parts.namespace),
    wireString(parts.reserved),
    wireString(parts.hash),
    wireString(Buffer.concat([wireString(parts.algorithm), wireString(parts.signature)])),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
  return [BEGIN, ...lines, END, ""].join("\n");
}
