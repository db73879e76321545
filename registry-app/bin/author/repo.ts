import { createHash } from "node:crypto";
import type { CommitRecord, ContentBump, SkillContent } from "../../src/changelog/index.ts";
import { contentBump } from "../../src/changelog/index.ts";
import {
  listRefs,
  listUnreachable,
  readFolder,
  walkCommits,
  type ObjectReaders,
} from "../../src/git/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import {
  compareVersions,
  highestStable,
  parseTagName,
  readSkill,
  SKILL_LIMITS,
  skillFolders,
  type SkillFolder,
  type SkillReading,
  type TreeMode,
} from "../../src/skill/index.ts";
import { askGit } from "./git.ts";

export type AuthorRepo = { readonly dir: string; readonly gitDir: string };
/** A version of the skill by one of its tags; `commit` is what the tag points at. */
export type TaggedVersion = {
  readonly version: string;
  readonly tag: string;
  readonly commit: string;
};
export type PlacedSkill = {
  readonly name: string;
  readonly folder: SkillFolder;
  readonly isOnly: boolean;
};

const FOLDER_CAPS = {
  maxEntries: 5 * SKILL_LIMITS.files,
  maxDepth: 64,
  maxTreeBytes: 4 * 1024 * 1024,
  maxFileBytes: 10 * SKILL_LIMITS.fileBytes,
  maxTotalBytes: 10 * SKILL_LIMITS.totalBytes,
};

/** Finds the repo that a folder belongs to. Throws a Refusal when it is in none. */
export async function openAuthorRepo(dir: string): Promise<AuthorRepo> {
  const gitDir = await askGit(dir, "rev-parse", "--absolute-git-dir");
  if (gitDir !== undefined) return { dir, gitDir };
  throw new Refusal(
    "not-found",
    `${dir} is not in a git repo.`,
    "Run it in the checkout of your source.",
  );
}

/** The commit that a name stands for. Throws a Refusal when git knows none. */
export async function findCommit(repo: AuthorRepo, name: string): Promise<string> {
  const found = await askGit(
    repo.dir,
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${name}^{commit}`,
  );
  const oid = found?.split("\n").at(-1);
  if (oid !== undefined && /^[0-9a-f]{40,64}$/.test(oid)) return oid;
  throw new Refusal(
    "not-found",
    `There is no commit ${name} in ${repo.dir}.`,
    "See them: git log --oneline",
  );
}

/** Where the skill lies in a commit. Throws a Refusal that names the skills there are. */
export async function findSkill(
  repo: AuthorRepo,
  commit: string,
  name: string,
): Promise<PlacedSkill> {
  const placed = await lookForSkill(repo, commit, name);
  if (placed.kind === "found") return placed.skill;
  const known = placed.names.slice(0, 10).join(", ");
  throw new Refusal(
    "not-found",
    `No committed skill is called ${name}.`,
    known === ""
      ? "Commit it at skills/NAME/SKILL.md first."
      : `There is ${known}. A new one must be committed at skills/${name}/SKILL.md first.`,
  );
}

async function lookForSkill(
  repo: AuthorRepo,
  commit: string,
  name: string,
): Promise<{ kind: "found"; skill: PlacedSkill } | { kind: "none"; names: readonly string[] }> {
  const listed = await askGit(
    repo.dir,
    "ls-tree",
    "-r",
    "--full-tree",
    "--name-only",
    "-z",
    commit,
  );
  const folders = skillFolders((listed ?? "").split("\0"));
  const isOnly = folders.length === 1;
  // At the root of a one-skill source the tag gives the name.
  const folder = folders.find((one) => one.name === name || one.name === undefined);
  if (folder !== undefined) return { kind: "found", skill: { name, folder, isOnly } };
  return { kind: "none", names: folders.map((one) => one.name ?? "") };
}

/** The versions that tags of this repo give the skill, lowest first. */
export async function listVersions(
  repo: AuthorRepo,
  skill: PlacedSkill,
): Promise<readonly TaggedVersion[]> {
  const refs = await listRefs(repo.gitDir, "refs/tags");
  return refs
    .flatMap((ref) => {
      const tag = ref.name.slice("refs/tags/".length);
      const version = versionOf(tag, skill);
      const commit = ref.peeledOid ?? ref.oid;
      return version === undefined ? [] : [{ version, tag, commit }];
    })
    .toSorted((a, b) => compareVersions(a.version, b.version));
}

/** The version that a tag's name gives this skill, in any of the accepted forms. */
export function versionOf(tag: string, skill: PlacedSkill): string | undefined {
  const parsed = parseTagName(tag, { isOneSkillSource: skill.isOnly });
  if (parsed.kind === "bare") return parsed.version;
  return parsed.kind === "skill" && parsed.name === skill.name ? parsed.version : undefined;
}

/** The version that a release at `commit` follows: the highest one below it in history, stable if there is one. */
export async function findPrevious(
  repo: AuthorRepo,
  versions: readonly TaggedVersion[],
  commit: string,
): Promise<TaggedVersion | undefined> {
  const commits = versions.map((one) => one.commit);
  const aside = await listUnreachable(repo.gitDir, commits, [commit]);
  const below = versions.filter((one) => !aside.has(one.commit));
  const stable = highestStable(below.map((one) => one.version));
  return stable === undefined ? below.at(-1) : below.find((one) => one.version === stable);
}

/** The commits of a range that touch the skill's folder, newest first. */
export async function listSkillCommits(
  repo: AuthorRepo,
  folder: string,
  from: string | undefined,
  to: string,
): Promise<readonly CommitRecord[]> {
  const found: CommitRecord[] = [];
  const prefix = folder === "" ? "" : `${folder}/`;
  const known = from === undefined ? [] : [from];
  for await (const commit of walkCommits(repo.gitDir, { tips: [to], known })) {
    if (!commit.paths.some((path) => path.startsWith(prefix))) continue;
    const { oid, authorName, authorEmail, message } = commit;
    const committedAt = new Date(commit.committerTimeSeconds * 1000);
    found.push({ oid, authorName, authorEmail, committedAt, message });
  }
  return found.toReversed();
}

/** What the files of both commits call for; undefined when the skill was not there before. */
export async function compareContents(
  readers: ObjectReaders,
  repo: AuthorRepo,
  skill: PlacedSkill,
  previous: TaggedVersion,
  to: string,
): Promise<ContentBump | undefined> {
  const before = await lookForSkill(repo, previous.commit, skill.name);
  if (before.kind === "none") return undefined;
  const old = await readCommitted(readers, repo, before.skill, previous.commit);
  const now = await readCommitted(readers, repo, skill, to);
  return contentBump(old.content, now.content, previous.version.startsWith("0."));
}

/** The skill as a commit holds it, judged as a push of the tag would judge it. */
export async function readCommitted(
  readers: ObjectReaders,
  repo: AuthorRepo,
  skill: PlacedSkill,
  commit: string,
  tag?: { readonly name: string; readonly version: string },
): Promise<{ readonly reading: SkillReading; readonly content: SkillContent }> {
  const { dir, name: dirName } = skill.folder;
  const folder = await readFolder(readers, repo.gitDir, commit, dir, { caps: FOLDER_CAPS });
  if (folder.kind !== "folder")
    throw new Refusal(
      "unprocessable",
      `${dir === "" ? "The root" : dir} of commit ${commit.slice(0, 12)} cannot be read (${folder.kind}).`,
      "Take what is too large or broken out of the skill's folder, and commit.",
    );
  const entries = folder.files.map(({ path, mode, bytes }) => ({
    path,
    mode: mode as TreeMode,
    size: bytes.length,
    bytes,
  }));
  const reading = readSkill(entries, { dirName, profile: "clients", ...(tag && { tag }) });
  const files = entries.map(({ path, mode, bytes }) => ({
    path,
    mode,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }));
  const { allowedTools, name = skill.name } = reading;
  return { reading, content: { name, allowedTools, files } };
}
