import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readPublicKeyBlob } from "./public-key.ts";
import type { Ed25519Pair, PrivateKeyRead } from "./types.ts";
import { decodeBase64, readWire, type WireReader, wireString, wireUint32 } from "./wire.ts";

const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC = Buffer.from("openssh-key-v1\0");
const MAX_FILE_CHARS = 65_536;
const BLOCK_BYTES = 8;
/** DER before the 32 bytes of an ed25519 seed in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const MALFORMED = { kind: "bad", because: "malformed" } as const;

export function generateEd25519(): Ed25519Pair {
  const { privateKey } = generateKeyPairSync("ed25519");
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  return pairOf(der.subarray(PKCS8_PREFIX.length), privateKey);
}

/** The text of an unencrypted OpenSSH private key file: write it with mode 0600, or ssh-keygen refuses to use it. */
export function encodePrivateKey(pair: Ed25519Pair, comment: string): string {
  const publicBlob = pair.publicKey.blob;
  const point = publicBlob.subarray(-32);
  // Only tells a wrong passphrase from a right one, so that it need not be random where there is none.
  const check = publicBlob.subarray(-4);
  const secret = Buffer.concat([
    check,
    check,
    wireString("ssh-ed25519"),
    wireString(point),
    wireString(Buffer.concat([pair.seed, point])),
    wireString(comment),
  ]);
  const padding = Buffer.from(
    Array.from(
      { length: (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES },
      (_, i) => i + 1,
    ),
  );
  const blob = Buffer.concat([
    MAGIC,
    wireString("none"),
    wireString("none"),
    wireString(""),
    wireUint32(1),
    wireString(publicBlob),
    wireString(Buffer.concat([secret, padding])),
  ]);
  return [BEGIN, ...(blob.toString("base64").match(/.{1,70}/g) ?? []), END, ""].join("\n");
}

/** Reads what `encodePrivateKey` or `ssh-keygen -t ed25519 -N ''` wrote. */
export function decodePrivateKey(text: string): PrivateKeyRead {
  if (text.length > MAX_FILE_CHARS) return MALFORMED;
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines[0] !== BEGIN || lines.at(-1) !== END) return MALFORMED;
  const blob = decodeBase64(lines.slice(1, -1).join(""));
  if (blob === undefined) return MALFORMED;
  const wire = readWire(blob);
  if (!wire.take(MAGIC.length)?.equals(MAGIC)) return MALFORMED;
  if (wire.text() !== "none" || wire.text() !== "none")
    return { kind: "bad", because: "encrypted" };
  wire.bytes();
  if (wire.uint32() !== 1) return { kind: "bad", because: "unsupported" };
  const publicBlob = wire.bytes();
  const secret = wire.bytes();
  if (publicBlob === undefined || secret === undefined || !wire.isAtEnd()) return MALFORMED;
  return readSecret(readWire(secret), publicBlob);
}

function readSecret(wire: WireReader, publicBlob: Buffer): PrivateKeyRead {
  if (wire.uint32() !== wire.uint32()) return MALFORMED;
  if (wire.text() !== "ssh-ed25519") return { kind: "bad", because: "unsupported" };
  wire.bytes();
  const both = wire.bytes();
  const comment = wire.bytes();
  if (both?.length !== 64 || comment === undefined) return MALFORMED;
  const seed = Buffer.from(both.subarray(0, 32));
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const pair = pairOf(seed, createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  if (!pair.publicKey.blob.equals(publicBlob)) return MALFORMED;
  return { kind: "key", pair, comment: comment.toString() };
}

function pairOf(seed: Buffer, privateKey: KeyObject): Ed25519Pair {
  const point = Buffer.from(
    createPublicKey(privateKey).export({ format: "jwk" }).x ?? "",
    "base64url",
  );
  const read = readPublicKeyBlob(Buffer.concat([wireString("ssh-ed25519"), wireString(point)]));
  if (read.kind === "bad") throw new Error("a fresh ed25519 key is not one");
  return { seed: Buffer.from(seed), publicKey: read.key };
}
