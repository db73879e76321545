import { hash } from "node:crypto";
import { parseTagObject, type ParsedTag } from "../git/index.ts";
import {
  findCertified,
  findSigners,
  isPrincipalOf,
  verifyOpenPgp,
  type AllowedSigners,
  type OpenPgpKeys,
  type SshCertificate,
  type SshPublicKey,
  type SshVerifier,
} from "../keys/index.ts";
import { parseTagName } from "../skill/index.ts";
import type { ProvenLineOf } from "./check-line.ts";
import type { Evidence } from "./evidence.ts";
import { DISTRUST, type Fault } from "./fault.ts";

export type TagDeps = {
  readonly verifier: SshVerifier;
  readonly openPgpKeys: OpenPgpKeys;
  /** The consumer's own word on who may sign; without it, the line's word is taken. */
  readonly allowedSigners: AllowedSigners | undefined;
};

type Accepted = ProvenLineOf<"accepted">;
type SignedTag = Extract<ParsedTag, { kind: "ok" }>;

/** Holds the tag object against the line of its acceptance, and its signature against the key that the line names. */
export async function checkTag(
  deps: TagDeps,
  tag: Evidence["tag"],
  line: Accepted,
): Promise<readonly Fault[]> {
  const bytes = Buffer.from(tag.object ?? "", "base64");
  const fault = (says: string): readonly Fault[] => [{ check: "tag", says, mend: DISTRUST }];
  if (objectId(bytes, tag.oid) !== tag.oid || tag.oid !== line.tagOid)
    return fault(`The tag object is not ${line.tagOid}, which the registry log names.`);
  const parsed = parseTagObject(bytes);
  if (parsed.kind !== "ok") return fault("The tag object is no well-formed signed tag.");
  const wrong = findContradiction(parsed, tag.name, line);
  if (wrong !== undefined) return fault(wrong);
  return parsed.signature.format === "ssh"
    ? checkSsh(deps, parsed, line)
    : checkOpenPgp(deps, parsed, line);
}

function findContradiction({ tag }: SignedTag, name: string, line: Accepted): string | undefined {
  if (tag.name !== line.tag || name !== line.tag)
    return `The tag object names itself ${JSON.stringify(tag.name)}, the registry log says ${line.tag}.`;
  if (tag.objectType !== "commit" || tag.objectOid !== line.commit)
    return `The tag points at ${tag.objectOid}, the registry log says ${line.commit}.`;
  const named = parseTagName(tag.name, { isOneSkillSource: true });
  const skill = named.kind === "skill" ? named.name : undefined;
  const version = named.kind === "skill" || named.kind === "bare" ? named.version : undefined;
  const [, wantedSkill, wantedVersion] = /^[^/]+\/([^@]+)@(.+)$/.exec(line.coordinate) ?? [];
  const isSo = version === wantedVersion && (skill === undefined || skill === wantedSkill);
  return isSo ? undefined : `The tag ${line.tag} is not one of ${line.coordinate}.`;
}

function checkSsh(
  deps: TagDeps,
  { signature, payload }: SignedTag,
  line: Accepted,
): readonly Fault[] {
  const found = deps.verifier.verify({ armor: signature.armor, payload, namespace: "git" });
  if (found.kind === "bad") return badSignature(found.because);
  if (found.key.fingerprint !== line.signer.key) return otherKey(found.key.fingerprint, line);
  if (deps.allowedSigners === undefined) return [];
  const why = whyNotAllowed(deps.allowedSigners, found.key, found.certificate, line);
  if (why === undefined) return [];
  const { principal, key } = line.signer;
  return [
    {
      check: "signer",
      says: `Your allowed signers do not trust ${key} for ${principal} at ${line.firstSeenAt} (${why}).`,
      mend: "If you know this key to be theirs, add its line to the file; else do not use this version.",
    },
  ];
}

/** Undefined when a line has the key for this very person at the time when the tag was first seen. */
function whyNotAllowed(
  signers: AllowedSigners,
  key: SshPublicKey,
  certificate: SshCertificate | undefined,
  line: Accepted,
): string | undefined {
  const use = { namespace: "git", at: new Date(line.firstSeenAt) };
  const { principal } = line.signer;
  const search =
    certificate === undefined
      ? findSigners(signers, key, use)
      : findCertified(signers, certificate, { ...use, maxValidityMs: undefined });
  if (search.kind === "none") return search.because;
  const isNamed = certificate === undefined || certificate.principals.includes(principal);
  const isTheirs = isNamed && search.entries.some((entry) => isPrincipalOf(entry, principal));
  return isTheirs ? undefined : `it is ${search.principal}'s`;
}

async function checkOpenPgp(
  deps: TagDeps,
  { signature, payload }: SignedTag,
  line: Accepted,
): Promise<readonly Fault[]> {
  if (signature.format !== "openpgp")
    return [
      { check: "tag", says: "The tag's signature is neither SSH nor OpenPGP.", mend: DISTRUST },
    ];
  const { principal, key } = line.signer;
  const at = new Date(line.firstSeenAt);
  const found = await verifyOpenPgp({ armor: signature.armor, payload }, deps.openPgpKeys, at);
  if (found.kind === "bad" && found.because === "unknown-key")
    return [
      {
        check: "tag",
        says: `The tag is signed with OpenPGP key ${key}, which was not given, so that its signature cannot be checked.`,
        mend: "Name a folder that has it as a .asc file: --openpgp DIR",
      },
    ];
  if (found.kind === "bad") return badSignature(found.because);
  if (found.fingerprint !== key) return otherKey(found.fingerprint, line);
  if (found.principals.includes(principal)) return [];
  return [
    {
      check: "signer",
      says: `The OpenPGP key ${key} does not speak for ${principal}, whom the registry log names.`,
      mend: "If you know this key to be theirs, name its file after the address; else do not use this version.",
    },
  ];
}

function badSignature(because: string): readonly Fault[] {
  const says = `The tag's signature does not hold (${because}).`;
  return [{ check: "tag", says, mend: DISTRUST }];
}

function otherKey(key: string, line: Accepted): readonly Fault[] {
  const says = `The tag is signed with ${key}, the registry log says ${line.signer.key}.`;
  return [{ check: "tag", says, mend: DISTRUST }];
}

function objectId(bytes: Buffer, like: string): string {
  const algorithm = like.length === 64 ? "sha256" : "sha1";
  return hash(algorithm, Buffer.concat([Buffer.from(`tag ${bytes.length}\0`), bytes]));
}
