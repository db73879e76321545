import { createPrivateKey, hash, sign } from "node:crypto";
import { formatArmor, signedBytes } from "./armor.ts";
import type { Ed25519Pair } from "./types.ts";
import { readWire } from "./wire.ts";

const RESERVED = Buffer.alloc(0);

/** Signs as `ssh-keygen -Y sign -n NAMESPACE` does with an ed25519 key and SHA-512; the armour ends in a line end. */
export function signSsh(pair: Ed25519Pair, payload: Buffer, namespace: string): string {
  const parts = { namespace, reserved: RESERVED, hash: "sha512" };
  const message = signedBytes(parts, hash("sha512", payload, "buffer"));
  return formatArmor({
    ...parts,
    publicKey: pair.publicKey.blob,
    algorithm: "ssh-ed25519",
    signature: sign(null, message, toKeyObject(pair)),
  });
}

function toKeyObject(pair: Ed25519Pair) {
  const wire = readWire(pair.publicKey.blob);
  wire.bytes();
  const point = wire.bytes() ?? Buffer.alloc(0);
  const jwk = {
    kty: "OKP",
    crv: "Ed25519",
    d: pair.seed.toString("base64url"),
    x: point.toString("base64url"),
  };
  return createPrivateKey({ key: jwk, format: "jwk" });
}
