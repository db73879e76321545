import type { Config, Key, SignaturePacket, Subkey, User } from "openpgp";
import { readArmorBlocks, readPackets } from "./openpgp-packets.ts";
import type { OpenPgpKey, OpenPgpKeys, OpenPgpSignature, OpenPgpVerdict } from "./openpgp-types.ts";
import { isAddress } from "./parse-openpgp-keys.ts";

type Library = typeof import("openpgp");
type Rules = { readonly openpgp: Library; readonly strict: Config };
type Bad = Extract<OpenPgpVerdict, { kind: "bad" }>;
/** What the library calls the signing key: the key itself, or one of its subkeys. */
type Part = Key | Subkey;

const MAX_ARMOR_CHARS = 16_384;
/** How far a signer's clock may be ahead; as for the tagger's date. */
const MAX_AHEAD_MS = 10 * 60 * 1000;
const MIN_RSA_BITS = 2048;
const MALFORMED = { kind: "bad", because: "malformed" } as const;

/**
 * Verifies a detached OpenPGP signature over the payload. Key and subkey are judged as of `at`, when the signature was
 * first seen: what the signature says of its own time decides nothing. The library behind it is loaded at the first
 * signature, and keeps nothing between two calls.
 */
export async function verifyOpenPgp(
  signed: OpenPgpSignature,
  keys: OpenPgpKeys,
  at: Date,
): Promise<OpenPgpVerdict> {
  const bytes = signed.armor.length > MAX_ARMOR_CHARS ? undefined : readBlock(signed.armor);
  if (bytes === undefined) return MALFORMED;
  const rules = await loadRules();
  const packet = await readSignature(rules, bytes);
  if (packet === undefined) return MALFORMED;
  const keyId = packet.issuerKeyID.toHex().toUpperCase();
  const candidates = keys.byKeyId.get(keyId) ?? [];
  const verdicts: OpenPgpVerdict[] = [];
  for (const key of candidates)
    verdicts.push(await verifyWith(rules, packet, key, { payload: signed.payload, at }));
  const revoked = verdicts.find((one) => one.kind === "bad" && one.because === "revoked");
  const good = verdicts.find(({ kind }) => kind === "good");
  // Of two files with one key, the one that revokes it counts.
  if (revoked !== undefined && revoked.fingerprint === (good ?? revoked).fingerprint)
    return revoked;
  return good ?? verdicts[0] ?? unknownKey(packet, keyId);
}

function unknownKey(packet: SignaturePacket, keyId: string): Bad {
  const named = packet.issuerFingerprint;
  const fingerprint = named === null ? keyId : Buffer.from(named).toString("hex").toUpperCase();
  return { kind: "bad", because: "unknown-key", fingerprint };
}

function readBlock(armor: string): Buffer | undefined {
  const [block, second] = readArmorBlocks(armor) ?? [];
  return second === undefined && block?.type === "SIGNATURE" ? block.bytes : undefined;
}

async function loadRules(): Promise<Rules> {
  const openpgp = await import("openpgp");
  const { hash, publicKey } = openpgp.enums;
  const strict: Config = {
    ...openpgp.config,
    minRSABits: MIN_RSA_BITS,
    rejectHashAlgorithms: new Set([hash.md5, hash.sha1, hash.ripemd, hash.sha224]),
    rejectMessageHashAlgorithms: new Set([hash.md5, hash.sha1, hash.ripemd, hash.sha224]),
    rejectPublicKeyAlgorithms: new Set([publicKey.dsa, publicKey.elgamal]),
  };
  return { openpgp, strict };
}

async function readSignature(
  { openpgp }: Rules,
  bytes: Buffer,
): Promise<SignaturePacket | undefined> {
  try {
    const { packets } = await openpgp.readSignature({ binarySignature: bytes });
    const [packet] = packets;
    const isOne = packets.length === 1 && packet !== undefined;
    const isMeant = isOne && packet.signatureType === openpgp.enums.signature.binary;
    return isMeant && isCanonical(packet, bytes) ? packet : undefined;
  } catch {
    // The library's way to say that the bytes are not what was asked for.
    return undefined;
  }
}

/**
 * Whether the packet is written in the one way in which it would be written again. The bit counts of its numbers are not
 * signed (RFC 9580, 3.2, wants them exact), and would let anybody make a second good signature out of one.
 */
function isCanonical(packet: SignaturePacket, bytes: Buffer): boolean {
  const [own] = readPackets(bytes) ?? [];
  return own !== undefined && Buffer.from(packet.write()).equals(own.body);
}

async function verifyWith(
  rules: Rules,
  packet: SignaturePacket,
  known: OpenPgpKey,
  { payload, at }: { readonly payload: Buffer; readonly at: Date },
): Promise<OpenPgpVerdict> {
  const { fingerprint, file } = known;
  const bad = (because: Bad["because"]): Bad => ({ kind: "bad", because, fingerprint });
  const key = await readKey(rules, known);
  const part = key?.getKeys(packet.issuerKeyID)[0];
  if (key === undefined || part === undefined) return bad("unsupported-key");
  if (isWeakHash(rules, packet)) return bad("weak-hash");
  if (isWeakKey(rules, key) || isWeakKey(rules, part)) return bad("unsupported-key");
  if (!(await holds(rules, packet, part, payload))) return bad("bad-signature");
  const fault = findTimeFault(packet, part, at) ?? (await findKeyFault(rules, key, part, at));
  if (fault !== undefined) return bad(fault);
  const principals = known.principal ? [known.principal] : await listAddresses(rules, key, at);
  if (principals.length === 0) return bad("no-principal");
  const signingFingerprint = part.getFingerprint().toUpperCase();
  return { kind: "good", file, fingerprint, signingFingerprint, principals };
}

async function readKey({ openpgp }: Rules, known: OpenPgpKey): Promise<Key | undefined> {
  try {
    return await openpgp.readKey({ binaryKey: known.bytes });
  } catch {
    // A kind of key that the library does not know.
    return undefined;
  }
}

function isWeakHash({ openpgp, strict }: Rules, packet: SignaturePacket): boolean {
  const { hashAlgorithm } = packet;
  const isKnown = Object.values<unknown>(openpgp.enums.hash).includes(hashAlgorithm);
  return !isKnown || hashAlgorithm === null || strict.rejectHashAlgorithms.has(hashAlgorithm);
}

function isWeakKey({ strict }: Rules, part: Part): boolean {
  const { algorithm, bits } = part.getAlgorithmInfo();
  if (algorithm.startsWith("rsa")) return bits === undefined || bits < strict.minRSABits;
  return algorithm === "dsa" || algorithm === "elgamal";
}

async function holds(
  { openpgp, strict }: Rules,
  packet: SignaturePacket,
  part: Part,
  payload: Buffer,
): Promise<boolean> {
  const message = await openpgp.createMessage({ binary: payload, format: "binary" });
  const [data] = message.packets;
  if (data === undefined || packet.created === null) return false;
  const { binary } = openpgp.enums.signature;
  try {
    // As of its own time, as times are judged apart.
    await packet.verify(part.keyPacket, binary, data, packet.created, true, strict);
    return true;
  } catch {
    return false;
  }
}

function findTimeFault(packet: SignaturePacket, part: Part, at: Date): Bad["because"] | undefined {
  const madeMs = packet.created?.getTime() ?? Number.POSITIVE_INFINITY;
  if (madeMs > at.getTime() + MAX_AHEAD_MS || madeMs < part.getCreationTime().getTime())
    return "time-conflict";
  return Number(packet.getExpirationTime()) <= at.getTime() ? "signature-expired" : undefined;
}

/** Why the key, or the subkey that signed, may not sign at that time. */
async function findKeyFault(
  rules: Rules,
  key: Key,
  part: Part,
  at: Date,
): Promise<Bad["because"] | undefined> {
  const { strict } = rules;
  if (hasWeakRevocation(rules, key, key.revocationSignatures)) return "revoked";
  if (await key.isRevoked(undefined, undefined, withClocksAhead(at), strict)) return "revoked";
  if (isSubkey(part)) {
    if (hasWeakRevocation(rules, key, part.revocationSignatures)) return "revoked";
    for (const binding of part.bindingSignatures) {
      const isRevoked = part.isRevoked(binding, key.keyPacket, withClocksAhead(at), strict);
      if (await isRevoked) return "revoked";
    }
  }
  try {
    const found = await key.getSigningKey(part.getKeyID(), at, undefined, strict);
    return found.getFingerprint() === part.getFingerprint() ? undefined : "unsupported-key";
  } catch (error) {
    // The library tells its reasons in words only; the pinned version's are held by tests.
    const says = error instanceof Error ? error.message : "";
    return /is expired|is in the future/.test(says) ? "expired" : "unsupported-key";
  }
}

/** The library passes over a revocation by a weak hash as if it were not there. Unchecked, it takes away and gives nothing. */
function hasWeakRevocation(
  rules: Rules,
  key: Key,
  revocations: readonly SignaturePacket[],
): boolean {
  return revocations.some(
    (one) => one.issuerKeyID.equals(key.getKeyID()) && isWeakHash(rules, one),
  );
}

/** gpg dates a revocation at least a second after what it revokes, if need be in the future. */
function withClocksAhead(at: Date): Date {
  return new Date(at.getTime() + MAX_AHEAD_MS);
}

function isSubkey(part: Part): part is Subkey {
  return "bindingSignatures" in part;
}

/** The addresses of the user ids that the key itself certifies at that time, without the revoked ones. */
async function listAddresses(rules: Rules, key: Key, at: Date): Promise<readonly string[]> {
  const found: string[] = [];
  for (const user of key.users) {
    const text = user.userID?.userID ?? "";
    const address = /<([^<>]*)>$/.exec(text)?.[1] ?? text;
    if (!isAddress(address) || found.includes(address)) continue;
    if (await isCertified(rules, key, user, at)) found.push(address);
  }
  return found;
}

async function isCertified(rules: Rules, key: Key, user: User, at: Date): Promise<boolean> {
  if (hasWeakRevocation(rules, key, user.revocationSignatures)) return false;
  const { strict } = rules;
  for (const one of user.selfCertifications)
    if (await user.isRevoked(one, undefined, withClocksAhead(at), strict)) return false;
  return user.verify(at, strict).catch(() => false);
}
