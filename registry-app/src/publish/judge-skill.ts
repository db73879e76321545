import { createHash } from "node:crypto";
import { findUnfitPath, type ArchiveFile, type Unfit } from "../blobs/index.ts";
import { readFolder, type FolderFile, type ReadFolder } from "../git/index.ts";
import {
  getRule,
  readSkill,
  SKILL_LIMITS,
  type Finding,
  type SkillReading,
  type TreeEntry,
  type TreeMode,
} from "../skill/index.ts";
import type { Bench, JudgeDeps } from "./bench.ts";
import type { SkillPlace } from "./find-skill-folder.ts";
import type { Hearing } from "./hearing.ts";
import type { Trusted } from "./judge-signature.ts";
import type { Judged, Refused } from "./types.ts";

export type Asked = {
  readonly commitOid: string;
  readonly place: SkillPlace;
  readonly version: string;
  /** As the tag names it; undefined for a bare version tag. */
  readonly skill: string | undefined;
  readonly trust: Trusted;
};

/** How much of a folder is read before it is too large to be a skill. */
export const FOLDER_CAPS = {
  maxEntries: SKILL_LIMITS.files,
  maxDepth: 32,
  maxTreeBytes: 1024 * 1024,
  maxFileBytes: SKILL_LIMITS.fileBytes,
  maxTotalBytes: SKILL_LIMITS.totalBytes,
};

/** Reads the skill's folder at the tagged commit within the limits, and judges SKILL.md and tree. */
export async function judgeSkill(
  deps: JudgeDeps,
  bench: Bench,
  asked: Asked,
  hearing: Hearing,
): Promise<Judged | Refused> {
  const { commitOid, place, version, trust } = asked;
  const where = place.folder === "" ? "the root" : place.folder;
  hearing.hold("the tagged commit holds the skill", true, `found at ${where}`);
  const folder = await readTaggedSkill(deps, bench.repo.dir, asked);
  if (folder.kind !== "read") return refuseFolder(folder, where, hearing);
  const { reading } = folder;
  const errors = reading.findings.filter((finding) => finding.severity === "error");
  const unfit = findOddEntry(folder.files) ?? findUnfitPath(folder.files);
  const { name } = reading;
  const isGood = reading.publishable && name !== undefined && unfit === undefined;
  const problem = isGood ? "SKILL.md and folder keep every rule" : firstProblem(errors, unfit);
  hearing.hold("the skill is publishable", isGood, problem);
  if (!isGood) return hearing.refuse(codeOf(errors), problem, {}, errors);
  return {
    kind: "good",
    clauses: hearing.clauses,
    tagBytes: trust.bytes,
    payloadSha256: createHash("sha256").update(trust.payload).digest("hex"),
    skill: name,
    version,
    folder: place.folder,
    commitOid,
    treeOid: folder.treeOid,
    signer: trust.signer,
    reading,
    skillMd: folder.files.find((file) => file.path === "SKILL.md")?.bytes.toString("utf8") ?? "",
    files: folder.files.map(toArchiveFile),
  };
}

type TaggedSkill =
  | {
      readonly kind: "read";
      readonly treeOid: string;
      readonly files: readonly FolderFile[];
      readonly reading: SkillReading;
    }
  | Exclude<ReadFolder, { kind: "folder" }>;

/** The skill's folder at a commit, within the limits, and what its SKILL.md comes to; not whether that is good enough. */
export async function readTaggedSkill(
  deps: JudgeDeps,
  repoDir: string,
  { commitOid, place, skill, version }: Omit<Asked, "trust">,
): Promise<TaggedSkill> {
  const folder = await readFolder(deps.readers, repoDir, commitOid, place.folder, {
    caps: FOLDER_CAPS,
    cache: deps.cache,
  });
  if (folder.kind !== "folder") return folder;
  const { treeOid, files } = folder;
  const reading = readSkill(files.map(toTreeEntry), {
    dirName: place.dirName,
    profile: "clients",
    tag: { name: skill, version },
  });
  return { kind: "read", treeOid, files, reading };
}

function codeOf(errors: readonly Finding[]): "TOO_LARGE" | "INVALID_SKILL" {
  const isOnlyTooLarge =
    errors.length > 0 && errors.every((finding) => getRule(finding.rule).code === "TOO_LARGE");
  return isOnlyTooLarge ? "TOO_LARGE" : "INVALID_SKILL";
}

/** Entries that git reads but does not write: an archive of them could not come to the same tree again. */
function findOddEntry(files: readonly FolderFile[]): Unfit | undefined {
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
  hearing: Hearing,
): Refused {
  if (folder.kind === "too-large") {
    const reason = `${where}: ${TOO_LARGE_WORDS[folder.because]} (limit ${folder.limit}) at ${folder.path === "" ? where : folder.path}`;
    hearing.hold("the skill is within the limits", false, reason);
    return hearing.refuse("TOO_LARGE", reason);
  }
  const reason = `${where} is not a folder that can be read (${folder.kind})`;
  hearing.hold("the skill's folder can be read", false, reason);
  return hearing.refuse("INVALID_SKILL", reason);
}

const TOO_LARGE_WORDS = {
  entries: "more files than a skill may have",
  depth: "folders nested too deeply",
  tree: "a folder with too many entries",
  file: "a file is too large",
  total: "the files together are too large",
} as const;

function firstProblem(errors: readonly Finding[], unfit: Unfit | undefined): string {
  const [first, ...others] = errors;
  if (first === undefined)
    return unfit === undefined ? "SKILL.md names no skill" : `${unfit.path} ${unfit.because}`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
}

/** What the rules of a skill's tree look at. */
export function toTreeEntry(file: FolderFile): TreeEntry {
  return {
    path: file.path,
    mode: file.mode as TreeMode,
    size: file.bytes.length,
    bytes: file.bytes,
  };
}

/** Only after the tree rules: they leave regular files in git's two modes. */
export function toArchiveFile(file: FolderFile): ArchiveFile {
  return {
    path: file.path,
    mode: file.kind === "executable" ? "100755" : "100644",
    bytes: file.bytes,
  };
}
