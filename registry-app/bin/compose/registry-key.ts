import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { SignPayload } from "../../src/git/index.ts";
import {
  decodePrivateKey,
  encodePrivateKey,
  generateEd25519,
  signSsh,
  type Ed25519Pair,
} from "../../src/keys/index.ts";
import { Refusal } from "../../src/runtime/index.ts";

/** Reads the key pair at `path` (OpenSSH format, 0600), or makes one there. Throws a Refusal when the file is no such key. */
export async function readOrMakeKey(path: string, comment: string): Promise<Ed25519Pair> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw cause;
  });
  if (text === undefined) return makeKey(path, comment);
  const read = decodePrivateKey(text);
  if (read.kind === "key") return read.pair;
  throw new Refusal(
    "unavailable",
    `${path} is not a usable ed25519 key (${read.because}).`,
    "Restore it from your backup.",
  );
}

export function signWith(pair: Ed25519Pair): SignPayload {
  return (payload) => signSsh(pair, payload, "git");
}

async function makeKey(path: string, comment: string): Promise<Ed25519Pair> {
  const pair = generateEd25519();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written aside, so that a crash leaves a whole key or none.
  await writeFile(`${path}.new`, encodePrivateKey(pair, comment), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return pair;
}
