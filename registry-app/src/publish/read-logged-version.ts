import { hash } from "node:crypto";
import type { Blobs } from "../blobs/index.ts";
import { MAX_TAG_BYTES, parseTagObject, type ParsedTag } from "../git/index.ts";
import { verifyOpenPgp, type OpenPgpKeys } from "../keys/index.ts";
import { certificateFacts } from "../trust/index.ts";
import { parseTagName } from "../skill/index.ts";
import type { JudgeDeps } from "./bench.ts";
import { readTaggedSkill, toArchiveFile } from "./judge-skill.ts";
import type { FactOf } from "./log-lines.ts";
import { packSkill } from "./pack-skill.ts";
import type { Judged, Packed, VersionSigner } from "./types.ts";

export type LoggedVersionDeps = JudgeDeps & {
  readonly blobs: Blobs;
  /** OpenPGP keys of today's law and of every law before it, newest first: an SSH signature brings its key, these do not. */
  readonly openPgpKeys: () => AsyncIterable<OpenPgpKeys>;
};

export type LoggedVersion =
  | { readonly kind: "read"; readonly judged: Judged; readonly packed: Packed }
  | { readonly kind: "differs"; readonly says: string };

/**
 * Reads an accepted version again from git and holds it against its line: the tag object, its signature by the key that
 * the line names, commit, tree, digest. Whether that key may sign was decided then and is not asked again.
 */
export async function readLoggedVersion(
  deps: LoggedVersionDeps,
  repoDir: string,
  line: FactOf<"accepted">,
): Promise<LoggedVersion> {
  const read = await deps.readers.read(repoDir, line.tagOid, { maxBytes: MAX_TAG_BYTES });
  if (read.kind !== "object" || read.type !== "tag")
    return differs(`the tag object ${line.tagOid} is not in ${repoDir}`);
  const seen = parseTagObject(read.bytes);
  if (seen.kind !== "ok") return differs(`the tag object ${line.tagOid} carries no signature`);
  if (seen.tag.objectOid !== line.commit)
    return differs(`the tag points at ${seen.tag.objectOid}, the line says ${line.commit}`);
  if (seen.tag.name !== line.tag)
    return differs(`the tag object names itself ${JSON.stringify(seen.tag.name)}`);
  const signer = await readSigner(deps, seen, line);
  if ("says" in signer) return differs(signer.says);
  return readContent(deps, repoDir, line, { seen, bytes: read.bytes, signer });
}

type SignedTag = Extract<ParsedTag, { kind: "ok" }>;

/** The line names the key; what else took part is read from the signature itself. */
async function readSigner(
  deps: LoggedVersionDeps,
  { signature, payload }: SignedTag,
  { signer, firstSeenAt }: FactOf<"accepted">,
): Promise<VersionSigner | { readonly says: string }> {
  const { armor } = signature;
  if (signature.format === "ssh") {
    const found = deps.verifier.verify({ armor, payload, namespace: "git" });
    if (found.kind === "bad")
      return { says: `the tag's signature does not hold (${found.because})` };
    const { fingerprint } = found.key;
    if (fingerprint !== signer.key) return { says: `the tag is signed with ${fingerprint}` };
    return {
      ...signer,
      keys: [fingerprint],
      certificate: found.certificate === undefined ? null : certificateFacts(found.certificate),
    };
  }
  if (signature.format !== "openpgp") return { says: `the tag's signature is ${signature.format}` };
  let because = "no law names its key";
  for await (const keys of deps.openPgpKeys()) {
    const found = await verifyOpenPgp({ armor, payload }, keys, new Date(firstSeenAt));
    const took = found.kind === "good" ? [found.fingerprint, found.signingFingerprint] : [];
    if (took.includes(signer.key)) return { ...signer, keys: took, certificate: null };
    if (found.kind === "bad" && found.because !== "unknown-key") because = found.because;
  }
  return { says: `the tag's signature does not hold (${because})` };
}

async function readContent(
  deps: LoggedVersionDeps,
  repoDir: string,
  line: FactOf<"accepted">,
  tag: { readonly seen: SignedTag; readonly bytes: Buffer; readonly signer: VersionSigner },
): Promise<LoggedVersion> {
  const { folder, commit: commitOid } = line;
  const [, skill = "", version = ""] = /^[^/]+\/([^@]+)@(.+)$/.exec(line.coordinate) ?? [];
  const named = parseTagName(line.tag, { isOneSkillSource: true });
  const asked = {
    commitOid,
    place: {
      folder,
      dirName: folder === "" ? undefined : folder.slice(folder.lastIndexOf("/") + 1),
    },
    version,
    skill: named.kind === "skill" ? named.name : undefined,
  };
  const found = await readTaggedSkill(deps, repoDir, asked);
  if (found.kind !== "read")
    return differs(`${folder === "" ? "the root" : folder} cannot be read (${found.kind})`);
  const { treeOid, files, reading } = found;
  if (treeOid !== line.tree) return differs(`its tree is ${treeOid}, the line says ${line.tree}`);
  if (reading.name !== skill) return differs(`SKILL.md names ${JSON.stringify(reading.name)}`);
  const packed = await packSkill(deps.blobs, files.map(toArchiveFile));
  if (packed.digest !== line.digest)
    return differs(`its digest is ${packed.digest}, the line says ${line.digest}`);
  const judged: Judged = {
    kind: "good",
    clauses: line.clauses,
    tagBytes: tag.bytes,
    payloadSha256: hash("sha256", tag.seen.payload),
    skill,
    version,
    folder,
    commitOid,
    treeOid,
    signer: tag.signer,
    reading,
    skillMd: skillMdOf(files),
    // They are in the archive store now, and a batch must not hold them all in memory.
    files: [],
  };
  return { kind: "read", judged, packed };
}

function skillMdOf(files: readonly { readonly path: string; readonly bytes: Buffer }[]): string {
  return files.find((file) => file.path === "SKILL.md")?.bytes.toString("utf8") ?? "";
}

function differs(says: string): LoggedVersion {
  return { kind: "differs", says };
}
