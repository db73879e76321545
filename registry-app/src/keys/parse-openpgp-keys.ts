import { identify, PACKET, type Packet, readArmorBlocks, readPackets } from "./openpgp-packets.ts";
import type { FileProblem, OpenPgpKey, OpenPgpKeys } from "./openpgp-types.ts";

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_SUBKEYS = 64;
const MAX_USER_IDS = 64;
const EXTENSION = ".asc";
const ADDRESS = /^[^\s,*?!"#\\<>@]{1,100}@[^\s,*?!"#\\<>@]{1,100}$/;
const PARTS: readonly number[] = [
  PACKET.signature,
  PACKET.marker,
  PACKET.trust,
  PACKET.userId,
  PACKET.publicSubkey,
  PACKET.userAttribute,
  PACKET.padding,
];
const NOT_KEYS = "this is not a file of OpenPGP public keys: write it with gpg --export --armor";

/** Whether a text has the form of one person's address, as user ids and file names give it. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/**
 * Reads armoured public keys by file, without checking a signature in them: that waits until one of them has signed
 * something. A file named `ADDRESS.asc` speaks for that address only, whatever its user ids say. Of a file that is
 * wrong no key counts, and it is reported.
 */
export function parseOpenPgpKeys(files: ReadonlyMap<string, Buffer>): OpenPgpKeys {
  const keys: OpenPgpKey[] = [];
  const problems: FileProblem[] = [];
  for (const [file, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = readFile(file, bytes);
    if (typeof read === "string") problems.push({ file, message: read });
    else keys.push(...read);
  }
  return { keys, byKeyId: indexByKeyId(keys), problems: [...problems, ...sharedKeys(keys)] };
}

function indexByKeyId(keys: readonly OpenPgpKey[]): ReadonlyMap<string, OpenPgpKey[]> {
  const index = new Map<string, OpenPgpKey[]>();
  for (const key of keys) {
    for (const fingerprint of key.fingerprints) {
      const id = fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16);
      const known = index.get(id) ?? [];
      if (!known.includes(key)) index.set(id, [...known, key]);
    }
  }
  return index;
}

/** Two files for one key would leave open which of them is the newer. */
function sharedKeys(keys: readonly OpenPgpKey[]): FileProblem[] {
  const first = new Map<string, string>();
  return keys.flatMap(({ file, fingerprint }) => {
    const other = first.get(fingerprint);
    first.set(fingerprint, other ?? file);
    return other === undefined ? [] : [{ file, message: `${fingerprint} is in ${other} too` }];
  });
}

function readFile(file: string, bytes: Buffer): readonly OpenPgpKey[] | string {
  if (bytes.length > MAX_FILE_BYTES) return `the file is larger than ${MAX_FILE_BYTES} bytes`;
  const blocks = readArmorBlocks(bytes.toString("latin1"));
  if (blocks === undefined) return NOT_KEYS;
  if (blocks.some(({ type }) => type === "PRIVATE KEY BLOCK"))
    return "this is a private key: withdraw it, and commit what gpg --export --armor writes";
  const keys: OpenPgpKey[] = [];
  for (const block of blocks) {
    const packets = block.type === "PUBLIC KEY BLOCK" ? readPackets(block.bytes) : undefined;
    if (packets === undefined) return NOT_KEYS;
    for (const group of splitKeys(packets)) {
      const key = readOne(file, group);
      if (typeof key === "string") return key;
      keys.push(key);
    }
  }
  return keys;
}

function splitKeys(packets: readonly Packet[]): readonly (readonly Packet[])[] {
  const starts = packets.flatMap(({ tag }, index) => (tag === PACKET.publicKey ? [index] : []));
  if (starts[0] !== 0) return [packets];
  return starts.map((start, index) => packets.slice(start, starts[index + 1]));
}

function readOne(file: string, packets: readonly Packet[]): OpenPgpKey | string {
  const [primary, ...rest] = packets;
  if (primary?.tag !== PACKET.publicKey) return NOT_KEYS;
  if (rest.some(({ tag }) => !PARTS.includes(tag))) return NOT_KEYS;
  const subkeys = rest.filter(({ tag }) => tag === PACKET.publicSubkey);
  const userIds = rest.filter(({ tag }) => tag === PACKET.userId);
  if (subkeys.length > MAX_SUBKEYS || userIds.length > MAX_USER_IDS)
    return `a key has more than ${MAX_SUBKEYS} subkeys or ${MAX_USER_IDS} user ids`;
  const own = identify(primary.body);
  if (own === undefined) return "a key's version is neither 4 nor 6";
  const name = file.slice(file.lastIndexOf("/") + 1, -EXTENSION.length);
  return {
    file,
    fingerprint: own.fingerprint,
    fingerprints: [primary, ...subkeys].flatMap(({ body }) => identify(body)?.fingerprint ?? []),
    principal: isAddress(name) ? name : undefined,
    bytes: Buffer.concat(packets.map(({ bytes }) => bytes)),
  };
}
