import { createPrivateKey, generateKeyPairSync, hash, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatArmor, signedBytes } from "./armor.ts";
import {
  createSshVerifier,
  decodePrivateKey,
  encodePrivateKey,
  formatPublicKey,
  generateEd25519,
  parsePublicKey,
  signSsh,
} from "./index.ts";
import { wireString } from "./wire.ts";

const payload = Buffer.from("object 1\ntype commit\n\nhello\n");
const pair = generateEd25519();
const verifier = createSshVerifier();
const check = (armor: string, bytes = payload, namespace = "git") =>
  verifier.verify({ armor, payload: bytes, namespace });

/** Every integer as SSH writes it: shortest form, a zero byte before a set top bit. */
function mpint(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.subarray(start);
  return wireString((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short);
}
const asLine = (bytes: Buffer, type = "ssh-ed25519") => `${type} ${bytes.toString("base64")}`;
const raw = (text: string | undefined) => Buffer.from(text ?? "", "base64url");

type Parts = {
  publicKey: Buffer;
  algorithm: string;
  signing: (message: Buffer) => Buffer;
  hash?: string;
  namespace?: string;
};
function armorOf(parts: Parts): string {
  const head = {
    namespace: parts.namespace ?? "git",
    reserved: Buffer.alloc(0),
    hash: parts.hash ?? "sha512",
  };
  const message = signedBytes(head, hash(head.hash, payload, "buffer"));
  return formatArmor({ ...head, ...parts, signature: parts.signing(message) });
}
const signing = (key: KeyObject, digest: string | null) => (message: Buffer) =>
  sign(digest, message, key);

const rsaKey = (modulusLength: number) => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
  const { e, n } = privateKey.export({ format: "jwk" });
  const blob = Buffer.concat([wireString("ssh-rsa"), mpint(raw(e)), mpint(raw(n))]);
  return { privateKey, blob };
};
const rsa = rsaKey(2048);
const weakRsa = rsaKey(1024);

describe("a signature made here", () => {
  const armor = signSsh(pair, payload, "git");

  it("verifies, and names the key", () => {
    expect(check(armor)).toEqual({ kind: "good", key: pair.publicKey });
  });

  it("does not hold for other bytes", () => {
    const other = check(armor, Buffer.concat([payload, Buffer.from(" ")]));
    expect(other).toMatchObject({ kind: "bad", because: "bad-signature" });
  });

  it("does not hold in another namespace", () => {
    const other = check(signSsh(pair, payload, "file"));
    expect(other).toMatchObject({ kind: "bad", because: "wrong-namespace" });
  });

  it("does not hold when any single byte of its structure is changed", () => {
    const lines = armor.trim().split("\n");
    const blob = Buffer.from(lines.slice(1, -1).join(""), "base64");
    for (let at = 0; at < blob.length; at += 1) {
      const changed = Buffer.from(blob);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const text = [lines[0], changed.toString("base64"), lines.at(-1), ""].join("\n");
      const split = text.replaceAll(/[A-Za-z0-9+/=]{70}/g, "$&\n");
      expect(check(split).kind, `byte ${at}`).toBe("bad");
    }
  });
});

describe("armour", () => {
  const armor = signSsh(pair, payload, "git");
  const table: [string, string][] = [
    ["CRLF line ends", armor.replaceAll("\n", "\r\n")],
    ["a second block", armor + armor],
    ["text after the end", `${armor}x`],
    ["an empty line after the end", `${armor}\n`],
    ["text before the beginning", `x\n${armor}`],
    ["a space in the base64", armor.replace("\nU1NI", "\nU1N I")],
    ["no padding", armor.replaceAll("=", "")],
    ["an empty line inside", armor.replace("\nU1NI", "\n\nU1NI")],
    ["no body", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"],
    ["no end", armor.replace(/-----END.*/s, "")],
    ["a huge body", armor.replace("U1NI", `${"A".repeat(76)}\n`.repeat(400))],
    ["nothing", ""],
  ];
  it.each(table)("with %s is malformed", (_name, text) => {
    expect(check(text)).toEqual({ kind: "bad", because: "malformed" });
  });
});

describe("what may sign", () => {
  const table: [string, string, string][] = [
    [
      "RSA 2048 with SHA-512",
      armorOf({
        publicKey: rsa.blob,
        algorithm: "rsa-sha2-512",
        signing: signing(rsa.privateKey, "sha512"),
      }),
      "good",
    ],
    [
      "RSA 2048 with SHA-256",
      armorOf({
        publicKey: rsa.blob,
        algorithm: "rsa-sha2-256",
        signing: signing(rsa.privateKey, "sha256"),
        hash: "sha256",
      }),
      "good",
    ],
    [
      "RSA with SHA-1",
      armorOf({
        publicKey: rsa.blob,
        algorithm: "ssh-rsa",
        signing: signing(rsa.privateKey, "sha1"),
      }),
      "weak-hash",
    ],
    [
      "RSA 1024",
      armorOf({
        publicKey: weakRsa.blob,
        algorithm: "rsa-sha2-512",
        signing: signing(weakRsa.privateKey, "sha512"),
      }),
      "unsupported-key",
    ],
    [
      "a payload hashed with SHA-1",
      armorOf({
        publicKey: rsa.blob,
        algorithm: "rsa-sha2-512",
        signing: signing(rsa.privateKey, "sha512"),
        hash: "sha1",
      }),
      "weak-hash",
    ],
    [
      "an algorithm of another key type",
      armorOf({
        publicKey: rsa.blob,
        algorithm: "ssh-ed25519",
        signing: signing(rsa.privateKey, "sha512"),
      }),
      "malformed",
    ],
    [
      "what is only called a certificate",
      armorOf({
        publicKey: wireString("ssh-ed25519-cert-v01@openssh.com"),
        algorithm: "ssh-ed25519",
        signing: () => Buffer.alloc(64),
      }),
      "malformed",
    ],
  ];
  it.each(table)("%s", (_name, armor, expected) => {
    const verdict = check(armor);
    expect(verdict.kind === "good" ? "good" : verdict.because).toBe(expected);
  });
});

describe("a private key file", () => {
  it("comes back as it was written", () => {
    expect(decodePrivateKey(encodePrivateKey(pair, "me@example.org"))).toEqual({
      kind: "key",
      pair,
      comment: "me@example.org",
    });
  });

  it("is the key that node:crypto would make of the seed", () => {
    const jwk = {
      kty: "OKP",
      crv: "Ed25519",
      d: pair.seed.toString("base64url"),
      x: pair.publicKey.blob.subarray(-32).toString("base64url"),
    };
    expect(() => createPrivateKey({ key: jwk, format: "jwk" })).not.toThrow();
  });

  it.each([
    ["nothing", ""],
    ["a PEM of another kind", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    ["a cut body", encodePrivateKey(pair, "x").replace(/\n[^\n]+\n-----END/, "\n-----END")],
  ])("that is %s is refused as malformed", (_name, text) => {
    expect(decodePrivateKey(text)).toEqual({ kind: "bad", because: "malformed" });
  });
});

describe("a public key line", () => {
  const line = formatPublicKey(pair.publicKey, "me@example.org and more");
  it("comes back with its comment", () => {
    expect(parsePublicKey(`${line}\n`)).toEqual({
      kind: "key",
      key: pair.publicKey,
      comment: "me@example.org and more",
    });
  });

  const blob = pair.publicKey.blob;
  it.each([
    ["empty", "", "malformed"],
    ["the type alone", "ssh-ed25519", "malformed"],
    ["another type in front", asLine(blob, "ssh-rsa"), "malformed"],
    ["a byte too many", asLine(Buffer.concat([blob, Buffer.alloc(1)])), "malformed"],
    ["a byte too few", asLine(blob.subarray(0, -1)), "malformed"],
    ["a second line", `${line}\n${line}`, "malformed"],
    ["DSA", asLine(wireString("ssh-dss"), "ssh-dss"), "unsupported"],
    ["RSA of 1024 bits", asLine(weakRsa.blob, "ssh-rsa"), "weak"],
    ["a private key", encodePrivateKey(pair, "x"), "private-key"],
  ])("that is %s is refused", (_name, text, because) => {
    expect(parsePublicKey(text)).toEqual({ kind: "bad", because });
  });
});

it("the verifier's cache of keys stays within its bound and keeps answering right", () => {
  const small = createSshVerifier({ maxKeys: 2 });
  const pairs = Array.from({ length: 5 }, generateEd25519);
  for (const one of [...pairs, ...pairs]) {
    const armor = signSsh(one, payload, "git");
    expect(small.verify({ armor, payload, namespace: "git" }).kind).toBe("good");
  }
});
