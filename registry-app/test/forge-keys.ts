import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignPayload } from "../src/git/index.ts";
import {
  encodePrivateKey,
  formatPublicKey,
  generateEd25519,
  parsePublicKey,
  signSsh,
} from "../src/keys/index.ts";

/** Somebody who tags: the address, the key's public line, and the hand that signs. */
export type Signer = {
  readonly name: string;
  readonly email: string;
  /** The line of the .pub file. */
  readonly publicKey: string;
  /** The OpenSSH private key file's text; absent for keys that ssh-keygen keeps. */
  readonly privateKey?: string;
  readonly sign: SignPayload;
};

/** A fresh ed25519 signer, made in this process. `namespace` is git's unless a test wants a wrong one. */
export function makeSigner(email: string, namespace = "git"): Signer {
  const pair = generateEd25519();
  return {
    name: email.split("@")[0] ?? email,
    email,
    publicKey: `${formatPublicKey(pair.publicKey)} ${email}`,
    privateKey: encodePrivateKey(pair, email),
    sign: (payload) => signSsh(pair, payload, namespace),
  };
}

export type KeygenSigner = Signer & { remove(): Promise<void> };

/** A signer whose key `ssh-keygen` made and keeps, for the kinds that we only verify. */
export async function makeKeygenSigner(
  email: string,
  ...options: readonly string[]
): Promise<KeygenSigner> {
  const dir = await mkdtemp(join(tmpdir(), "assay-keys-"));
  const file = join(dir, "key");
  await keygen(["-q", "-N", "", "-C", email, "-f", file, ...options], "");
  return {
    name: email.split("@")[0] ?? email,
    email,
    publicKey: (await readFile(`${file}.pub`, "utf8")).trim(),
    sign: (payload) => keygen(["-Y", "sign", "-n", "git", "-f", file], payload),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** `SHA256:` and the hash of the signer's public key. */
export function fingerprintOf({ publicKey }: Signer): string {
  const read = parsePublicKey(publicKey);
  if (read.kind !== "key") throw new Error(`${publicKey} is ${read.because}`);
  return read.key.fingerprint;
}

/** Signs with the same key, but what is signed is not what the tag says. */
export function tampering(signer: Signer): Signer {
  return { ...signer, sign: (payload) => signer.sign(Buffer.concat([payload, Buffer.from("x")])) };
}

/** The signature with its lines ended by CR LF. */
export function withCrlfArmor(signer: Signer): Signer {
  return {
    ...signer,
    sign: async (payload) => (await signer.sign(payload)).replaceAll("\n", "\r\n"),
  };
}

function keygen(args: readonly string[], input: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile("ssh-keygen", [...args], (cause, stdout) =>
      cause === null ? resolve(stdout) : reject(cause),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
