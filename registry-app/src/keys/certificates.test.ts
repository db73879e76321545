import { createPrivateKey, hash, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatArmor, signedBytes } from "./armor.ts";
import { createSshVerifier, generateEd25519, type Ed25519Pair } from "./index.ts";
import { wireString, wireUint32 } from "./wire.ts";

const payload = Buffer.from("what is signed\n");
const A = generateEd25519();
const CA = generateEd25519();
const signWith = (pair: Ed25519Pair, message: Buffer) => {
  const x = pair.publicKey.blob.subarray(-32).toString("base64url");
  const d = pair.seed.toString("base64url");
  return sign(
    null,
    message,
    createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" }),
  );
};
const wireUint64 = (value: bigint) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(value);
  return out;
};
type Parts = {
  type: string;
  role: number;
  keyId: Buffer | string;
  principals: Buffer;
  critical: Buffer;
  authority: Buffer;
  signer: Ed25519Pair;
  algorithm: string;
  after: Buffer;
};
/** A certificate as PROTOCOL.certkeys has it, every part of which can be made wrong. */
const certificate = (changes: Partial<Parts> = {}) => {
  const parts: Parts = {
    type: "ssh-ed25519-cert-v01@openssh.com",
    role: 1,
    keyId: "id",
    principals: wireString("a@x"),
    critical: Buffer.alloc(0),
    authority: CA.publicKey.blob,
    signer: CA,
    algorithm: "ssh-ed25519",
    after: Buffer.alloc(0),
    ...changes,
  };
  const body = Buffer.concat([
    wireString(parts.type),
    wireString("nonce"),
    wireString(A.publicKey.blob.subarray(-32)),
    wireUint64(7n),
    wireUint32(parts.role),
    wireString(parts.keyId),
    wireString(parts.principals),
    wireUint64(0n),
    wireUint64(0xffff_ffff_ffff_ffffn),
    wireString(parts.critical),
    wireString(""),
    wireString(""),
    wireString(parts.authority),
  ]);
  const signature = Buffer.concat([
    wireString(parts.algorithm),
    wireString(signWith(parts.signer, body)),
  ]);
  return Buffer.concat([body, wireString(signature), parts.after]);
};
const armorOf = (publicKey: Buffer) => {
  const parts = { namespace: "git", reserved: Buffer.alloc(0), hash: "sha512" };
  const message = signedBytes(parts, hash("sha512", payload, "buffer"));
  return formatArmor({
    ...parts,
    publicKey,
    algorithm: "ssh-ed25519",
    signature: signWith(A, message),
  });
};
const verifier = createSshVerifier();
const verify = (publicKey: Buffer) =>
  verifier.verify({ armor: armorOf(publicKey), payload, namespace: "git" });
const outcome = (publicKey: Buffer) => {
  const verdict = verify(publicKey);
  return verdict.kind === "good" ? "good" : verdict.because;
};

describe("a certificate", () => {
  it("is read with every field, beside the plain key inside it", () => {
    expect(verify(certificate())).toEqual({
      kind: "good",
      key: A.publicKey,
      certificate: {
        role: "user",
        key: A.publicKey,
        authority: CA.publicKey,
        serial: "7",
        keyId: "id",
        principals: ["a@x"],
        validAfterMs: 0,
        validBeforeMs: Number.POSITIVE_INFINITY,
        criticalOptions: [],
      },
    });
  });

  it.each<[string, Partial<Parts>, string]>([
    ["no principals", { principals: Buffer.alloc(0) }, "good"],
    [
      "a critical option, told",
      { critical: Buffer.concat([wireString("force-command"), wireString("")]) },
      "good",
    ],
    ["signed by another than it names", { signer: A }, "bad-certificate"],
    ["signed with SHA-1", { algorithm: "ssh-rsa" }, "weak-hash"],
    [
      "signed with another algorithm than its authority's",
      { algorithm: "rsa-sha2-512" },
      "malformed",
    ],
    ["an authority that is itself a certificate", { authority: certificate() }, "unsupported-key"],
    ["an authority of an unknown kind", { authority: wireString("ssh-dss") }, "unsupported-key"],
    ["a role that there is not", { role: 3 }, "malformed"],
    ["bytes after its end", { after: Buffer.from([0]) }, "malformed"],
    ["a principal cut short", { principals: Buffer.from([0, 0, 0, 9, 65]) }, "malformed"],
    ["an option without a value", { critical: wireString("x") }, "malformed"],
    ["NUL in a principal", { principals: wireString("a@x\0@y") }, "malformed"],
    ["a principal that is not UTF-8", { principals: wireString(Buffer.from([0xff])) }, "malformed"],
    [
      "257 principals",
      { principals: Buffer.concat(Array.from({ length: 257 }, () => wireString("a"))) },
      "malformed",
    ],
    ["more than 8 KiB", { keyId: "x".repeat(9000) }, "malformed"],
    ["the type of another key", { type: "ssh-rsa-cert-v01@openssh.com" }, "malformed"],
    ["a type of its own making", { type: "ssh-ed25519-cert-v02@openssh.com" }, "unsupported-key"],
  ])("%s: %#", (_what, changes, expected) => {
    expect(outcome(certificate(changes))).toBe(expected);
  });

  it("no single changed byte, and no shorter form, verifies", () => {
    const good = certificate();
    for (let at = 0; at < good.length; at += 1) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(outcome(changed)).not.toBe("good");
      expect(outcome(good.subarray(0, at))).not.toBe("good");
    }
  });
});
