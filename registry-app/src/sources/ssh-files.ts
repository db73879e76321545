import { createHmac } from "node:crypto";
import { Refusal } from "../runtime/index.ts";

const MAX_BYTES = 64 * 1024;
const OPENSSH =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/;
const PEM =
  /^-----BEGIN (?:RSA |EC |)PRIVATE KEY-----\s[\s\S]+-----END (?:RSA |EC |)PRIVATE KEY-----\s*$/;
const MAGIC = "openssh-key-v1\0";

/** Throws a Refusal for what ssh could not sign in with while nobody is there to be asked. */
export function refuseUnusableKey(text: string): void {
  const make = "Make one for this source alone: ssh-keygen -t ed25519 -N '' -f assay_key";
  if (text.length > MAX_BYTES)
    throw new Refusal("too-large", "A private key has at most 64 KiB.", make);
  const body = OPENSSH.exec(text.trim())?.[1];
  if (body === undefined && (!PEM.test(text.trim()) || text.includes("ENCRYPTED")))
    throw new Refusal("bad-request", "This is not a private key that ssh can read.", make);
  if (body !== undefined && cipherOf(body) !== "none")
    throw new Refusal(
      "bad-request",
      "This key has a passphrase, and nobody is there to type it.",
      make,
    );
}

function cipherOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  const start = MAGIC.length + 4;
  if (bytes.length < start || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  const length = bytes.readUInt32BE(MAGIC.length);
  return length > 64 ? undefined : bytes.toString("latin1", start, start + length);
}

/** Throws a Refusal when no line of known_hosts is for this host: ssh would refuse each fetch, later and in other words. */
export function refuseForeignHosts(
  knownHosts: string,
  name: string,
  host: { readonly slug: string; readonly host: string; readonly port: number },
): void {
  const lines = knownHosts.split("\n").map((line) => line.trim());
  if (knownHosts.length <= MAX_BYTES && lines.some((line) => isFor(line, name))) return;
  throw new Refusal(
    "bad-request",
    `The known_hosts that is given has no line for ${name}.`,
    `Get one and hold it against what the host publishes: ssh-keyscan -p ${host.port} ${host.host}`,
  );
}

function isFor(line: string, name: string): boolean {
  if (line === "" || line.startsWith("#") || line.startsWith("@revoked")) return false;
  const words = line.split(/\s+/);
  const [hosts = "", , key] = words[0]?.startsWith("@") === true ? words.slice(1) : words;
  if (key === undefined) return false;
  return hosts.split(",").some((pattern) => {
    const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(pattern) ?? [];
    if (salt === undefined) return pattern.toLowerCase() === name;
    const digest = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64");
    return digest === hash;
  });
}
