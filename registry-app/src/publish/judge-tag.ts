import { findUnfitPath, type ArchiveFile } from "../blobs/index.ts";
import type { ControlSnapshot } from "../control/index.ts";
import type { Clause } from "../db/index.ts";
import {
  parseTagObject,
  readFolder,
  type FolderFile,
  type ObjectCache,
  type ObjectReaders,
  type ReadFolder,
  type TagObject,
} from "../git/index.ts";
import type { SshVerifier } from "../keys/index.ts";
import {
  formatTagName,
  getRule,
  parseTagName,
  readSkill,
  SKILL_LIMITS,
  type SkillReading,
  type TreeEntry,
  type TreeMode,
} from "../skill/index.ts";
import type { Source, SourceRepo } from "../sources/index.ts";
import { authorise, verifyTag, type SeenTag } from "../trust/index.ts";
import { remedyFor, type RemedyFacts, type TagCode } from "./codes.ts";
import { findSkillFolder, listSkillNames, type SkillPlace } from "./find-skill-folder.ts";
import type { FindingFact, Ignored, Judged, PendingTag, Refused } from "./types.ts";

export type JudgeDeps = {
  readonly readers: ObjectReaders;
  readonly cache: ObjectCache;
  readonly verifier: SshVerifier;
};

export type Bench = {
  readonly source: Source;
  readonly repo: SourceRepo;
  readonly law: ControlSnapshot;
  /** Is the commit reachable from the protected branch (as proposed in the same push, if it is one)? */
  readonly isOnBranch: (commitOid: string) => boolean | Promise<boolean>;
};

const MAX_TAG_BYTES = 64 * 1024;
const FOLDER_CAPS = {
  maxEntries: SKILL_LIMITS.files,
  maxDepth: 32,
  maxTreeBytes: 1024 * 1024,
  maxFileBytes: SKILL_LIMITS.fileBytes,
  maxTotalBytes: SKILL_LIMITS.totalBytes,
};

/**
 * Judges one tag by what git and the law say: name, object, signature, signer, branch, skill. Reads only; whether the
 * version is still free is asked of the database afterwards. The first clause that fails ends it.
 */
export async function judgeTag(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
): Promise<Judged | Refused | Ignored> {
  const parsed = parseTagName(tag.name, { isOneSkillSource: true });
  if (parsed.kind === "ignored") return { kind: "ignored", reason: parsed.reason };
  const wanted =
    parsed.kind === "skill"
      ? { wantedTag: formatTagName(parsed.name, parsed.version), skill: parsed.name }
      : {};
  const facts: RemedyFacts = {
    tag: tag.name,
    source: bench.source.slug,
    branch: bench.source.branch,
    ...wanted,
  };
  const clauses: Clause[] = [];
  const refuse = (
    code: TagCode,
    reason: string,
    more: Partial<RemedyFacts> = {},
    findings: readonly FindingFact[] = [],
  ): Refused => ({
    kind: "refused",
    code,
    reason,
    remedy: remedyFor(code, { ...facts, ...more }),
    clauses,
    findings,
  });

  if (parsed.kind === "refused" || parsed.kind === "did-you-mean") {
    const suggestions = parsed.kind === "did-you-mean" ? parsed.suggestions : [];
    clauses.push({
      name: "the tag's name names a skill and a version",
      held: false,
      evidence: parsed.reason,
    });
    return refuse(
      "UNKNOWN_SKILL",
      withSuggestions(parsed.reason, suggestions),
      suggestions[0] === undefined ? {} : { wantedTag: suggestions[0] },
    );
  }
  clauses.push({
    name: "the tag's name names a skill and a version",
    held: true,
    evidence: `${tag.name} says version ${parsed.version}`,
  });

  const trust = await judgeSignature(deps, bench, tag, clauses, refuse);
  if (trust.kind === "refused") return trust;

  const commitOid = trust.tag.objectOid;
  const isOnBranch = await bench.isOnBranch(commitOid);
  clauses.push({
    name: "the commit is on the protected branch",
    held: isOnBranch,
    evidence: `${commitOid.slice(0, 12)} ${isOnBranch ? "is" : "is not"} reachable from ${bench.source.branch}`,
  });
  if (!isOnBranch)
    return refuse(
      "NOT_ON_BRANCH",
      `commit ${commitOid.slice(0, 12)} is not on branch ${bench.source.branch}`,
    );

  const place = await findSkillFolder(
    deps,
    bench.repo.dir,
    commitOid,
    parsed.kind === "skill" ? parsed.name : undefined,
  );
  if (place === undefined) return refuseUnknownSkill(deps, bench, tag, commitOid, clauses, refuse);
  return judgeSkill(
    deps,
    bench,
    {
      commitOid,
      place,
      version: parsed.version,
      tagName: parsed.kind === "skill" ? parsed.name : undefined,
    },
    { clauses, refuse, trust },
  );
}

type Refuse = (
  code: TagCode,
  reason: string,
  more?: Partial<RemedyFacts>,
  findings?: readonly FindingFact[],
) => Refused;
type Trusted = {
  readonly kind: "trusted";
  readonly tag: TagObject;
  readonly bytes: Buffer;
  readonly principal: string;
  readonly key: string;
};

async function judgeSignature(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
  clauses: Clause[],
  refuse: Refuse,
): Promise<Trusted | Refused> {
  const { seen, bytes } = await readTag(deps, bench.repo.dir, tag.oid);
  const { law } = bench;
  const verdict = verifyTag(deps.verifier, {
    seen,
    tagName: tag.name,
    signers: law.allowedSigners,
    revoked: law.revoked,
    at: tag.firstSeenAt,
  });
  clauses.push(...verdict.clauses);
  if (verdict.kind !== "trusted") {
    const key = verdict.kind === "untrusted" ? verdict.key : undefined;
    return refuse(
      verdict.because ?? "TRAILING_BYTES",
      verdict.evidence,
      key === undefined ? {} : { fingerprint: key },
    );
  }
  const source = law.sources.get(bench.source.slug);
  if (seen.kind !== "ok" || source === undefined)
    return refuse("SIGNER_NOT_ALLOWED", "the control repo no longer names this source");
  const rights = authorise({
    principal: verdict.signer.principal,
    source,
    snapshot: law,
    tagger: seen.tag.tagger,
    firstSeenAt: tag.firstSeenAt,
    isImported: tag.imported,
  });
  clauses.push(...rights.clauses);
  if (rights.kind === "refused") {
    return refuse(rights.because, rights.evidence, {
      principal: verdict.signer.principal,
      tagger: seen.tag.tagger.email,
    });
  }
  return {
    kind: "trusted",
    tag: seen.tag,
    bytes,
    principal: verdict.signer.principal,
    key: verdict.key,
  };
}

async function readTag(
  deps: JudgeDeps,
  repoDir: string,
  oid: string,
): Promise<{ seen: SeenTag; bytes: Buffer }> {
  const nothing = Buffer.alloc(0);
  const read = await deps.readers.read(repoDir, oid, { maxBytes: MAX_TAG_BYTES });
  if (read.kind === "missing") return { seen: { kind: "missing" }, bytes: nothing };
  if (read.type !== "tag")
    return { seen: { kind: "lightweight", objectType: read.type }, bytes: nothing };
  if (read.kind === "too-large")
    return { seen: { kind: "unreadable", because: "too-large" }, bytes: nothing };
  return { seen: parseTagObject(read.bytes), bytes: read.bytes };
}

type Asked = {
  readonly commitOid: string;
  readonly place: SkillPlace;
  readonly version: string;
  readonly tagName: string | undefined;
};

async function judgeSkill(
  deps: JudgeDeps,
  bench: Bench,
  asked: Asked,
  so: { readonly clauses: Clause[]; readonly refuse: Refuse; readonly trust: Trusted },
): Promise<Judged | Refused> {
  const { clauses, refuse, trust } = so;
  const { commitOid, place, version } = asked;
  const where = place.folder === "" ? "the root" : place.folder;
  clauses.push({
    name: "the tagged commit holds the skill",
    held: true,
    evidence: `found at ${where}`,
  });
  const folder = await readFolder(deps.readers, bench.repo.dir, commitOid, place.folder, {
    caps: FOLDER_CAPS,
    cache: deps.cache,
  });
  if (folder.kind !== "folder") return refuseFolder(folder, where, clauses, refuse);

  const reading = readSkill(folder.files.map(toTreeEntry), {
    dirName: place.dirName,
    profile: "clients",
    tag: { name: asked.tagName, version },
  });
  const name = reading.name;
  const errors = reading.findings.filter((finding) => finding.severity === "error");
  const unfit = findOddEntry(folder.files) ?? findUnfitPath(folder.files);
  const isGood = reading.publishable && name !== undefined && unfit === undefined;
  clauses.push({
    name: "the skill is publishable",
    held: isGood,
    evidence: isGood
      ? "SKILL.md and folder keep every rule"
      : `${errors.length} error${errors.length === 1 ? "" : "s"}`,
  });
  if (!isGood) {
    const isOnlyTooLarge =
      errors.length > 0 && errors.every((finding) => getRule(finding.rule).code === "TOO_LARGE");
    const code = isOnlyTooLarge ? "TOO_LARGE" : "INVALID_SKILL";
    return refuse(code, firstProblem(reading, unfit), {}, errors);
  }
  return {
    kind: "good",
    clauses,
    tagBytes: trust.bytes,
    skill: name,
    version,
    folder: place.folder,
    commitOid,
    treeOid: folder.treeOid,
    signer: { principal: trust.principal, key: trust.key },
    reading,
    skillMd: folder.files.find((file) => file.path === "SKILL.md")?.bytes.toString("utf8") ?? "",
    files: folder.files.map(toArchiveFile),
  };
}

/** Entries that git reads but does not write: an archive of them could not come to the same tree again. */
function findOddEntry(files: readonly FolderFile[]): ReturnType<typeof findUnfitPath> {
  const odd = files.find(
    (file) => !file.isUtf8 || file.kind === "odd" || file.kind === "empty-folder",
  );
  return (
    odd && {
      path: odd.path,
      because: odd.isUtf8
        ? `has the mode ${odd.mode}, which no archive keeps`
        : "is not named in UTF-8",
    }
  );
}

function refuseFolder(
  folder: Exclude<ReadFolder, { kind: "folder" }>,
  where: string,
  clauses: Clause[],
  refuse: Refuse,
): Refused {
  if (folder.kind === "too-large") {
    const reason = `${where}: ${TOO_LARGE_WORDS[folder.because]} (limit ${folder.limit}) at ${folder.path === "" ? where : folder.path}`;
    clauses.push({ name: "the skill is within the limits", held: false, evidence: reason });
    return refuse("TOO_LARGE", reason);
  }
  const reason = `${where} is not a folder that can be read (${folder.kind})`;
  clauses.push({ name: "the skill's folder can be read", held: false, evidence: reason });
  return refuse("INVALID_SKILL", reason);
}

const TOO_LARGE_WORDS = {
  entries: "more files than a skill may have",
  depth: "folders nested too deeply",
  tree: "a folder with too many entries",
  file: "a file is too large",
  total: "the files together are too large",
} as const;

async function refuseUnknownSkill(
  deps: JudgeDeps,
  bench: Bench,
  tag: PendingTag,
  commitOid: string,
  clauses: Clause[],
  refuse: Refuse,
): Promise<Refused> {
  const names = await listSkillNames(deps, bench.repo.dir, commitOid);
  const again = parseTagName(tag.name, { isOneSkillSource: false, knownSkillNames: names });
  const suggestions = again.kind === "did-you-mean" ? again.suggestions : [];
  const reason =
    again.kind === "did-you-mean" ? again.reason : "the tagged commit holds no such skill";
  clauses.push({ name: "the tagged commit holds the skill", held: false, evidence: reason });
  return refuse("UNKNOWN_SKILL", withSuggestions(reason, suggestions));
}

function withSuggestions(reason: string, suggestions: readonly string[]): string {
  return suggestions.length === 0 ? reason : `${reason}; did you mean ${suggestions.join(" or ")}?`;
}

function firstProblem(reading: SkillReading, unfit: ReturnType<typeof findUnfitPath>): string {
  const errors = reading.findings.filter((finding) => finding.severity === "error");
  const first = errors[0];
  if (first === undefined)
    return unfit === undefined ? "SKILL.md names no skill" : `${unfit.path} ${unfit.because}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
}

function toTreeEntry(file: FolderFile): TreeEntry {
  return {
    path: file.path,
    mode: file.mode as TreeMode,
    size: file.bytes.length,
    bytes: file.bytes,
  };
}

/** Only after the tree rules: they leave regular files in git's two modes. */
function toArchiveFile(file: FolderFile): ArchiveFile {
  return {
    path: file.path,
    mode: file.kind === "executable" ? "100755" : "100644",
    bytes: file.bytes,
  };
}
