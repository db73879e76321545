import { hash } from "node:crypto";
import { contentDigest, encodeUstar, type Blobs } from "../blobs/index.ts";
import { stepVersion, type Changelog } from "../changelog/index.ts";
import { listTree, readFolder, walkCommits, type ReadFolder } from "../git/index.ts";
import {
  compareCapabilities,
  toSarif,
  type RuleFacts,
  type SarifSubject,
  type ScanReport,
} from "../scan/index.ts";
import { compareVersions, readSkill, skillFolders, type SkillFolder } from "../skill/index.ts";
import { toCommitTime } from "../sources/index.ts";
import type { JudgeDeps } from "./bench.ts";
import { FOLDER_CAPS, toArchiveFile, toTreeEntry } from "./judge-skill.ts";
import type { PulledNow, PulledSkill } from "./pull-report.ts";
import type { ScanEngine } from "./scan-report.ts";

export type PullDeps = Pick<JudgeDeps, "readers" | "cache"> & {
  readonly scanner: ScanEngine;
  readonly changelog: Changelog;
  /** Where archives of skills with evals are kept for their runs. */
  readonly blobs: Pick<Blobs, "put">;
  /** Path of the file that says that a skill has evals. */
  readonly evalsFile: string;
  readonly today: Date;
  /** Every rule that the scan can name. */
  readonly rules: readonly RuleFacts[];
};

export type PullAsked = {
  readonly repoDir: string;
  readonly baseOid: string;
  readonly headOid: string;
  /** The versions that a skill of the source has, by its name. */
  readonly versionsOf: (
    skill: string,
  ) => Promise<readonly { readonly version: string; readonly commitOid: string }[]>;
};

const MAX_SKILLS = 20;
const MAX_COMMITS = 500;
const TREE_CAPS = { maxEntries: 20_000, maxDepth: 32, maxTreeBytes: 4 * 1024 * 1024 };

type Folder = Extract<ReadFolder, { kind: "folder" }>;
type Commit = {
  readonly record: Parameters<Changelog["summarise"]>[0]["commits"][number];
  readonly paths: readonly string[];
};

/**
 * What a release of each skill that a pull request touches would come to: the same reading and the same scanner as for a
 * tag, against what its base holds. Decides nothing and records nothing.
 */
export async function judgePull(deps: PullDeps, asked: PullAsked): Promise<PulledNow> {
  const { baseOid, headOid } = asked;
  const commits = await listCommits(asked.repoDir, headOid, baseOid);
  const touched = new Set(commits.flatMap(({ paths }) => paths));
  const folders = (await listSkills(deps, asked.repoDir, headOid)).filter(({ dir }) =>
    [...touched].some((path) => dir === "" || path.startsWith(`${dir}/`)),
  );
  const judged: Judged[] = [];
  for (const folder of folders.slice(0, MAX_SKILLS))
    judged.push(await judgeOne(deps, asked, folder));
  const leftOut = Math.max(0, folders.length - MAX_SKILLS);
  const scanned = judged.flatMap(({ skill, found }): readonly SarifSubject[] =>
    found === null ? [] : [{ dir: skill.folder, report: found }],
  );
  return {
    report: { baseOid, headOid, skills: judged.map(({ skill }) => skill), leftOut },
    sarif: scanned.length === 0 ? null : JSON.stringify(toSarif(scanned, deps.rules)),
  };
}

async function listSkills(
  { readers, cache }: PullDeps,
  repoDir: string,
  commitOid: string,
): Promise<readonly SkillFolder[]> {
  const root = await readers.info(repoDir, `${commitOid}^{tree}`);
  if (root.kind === "missing") return [];
  const listed = await listTree(readers, repoDir, root.oid, TREE_CAPS, { cache });
  return listed.kind === "listed" ? skillFolders(listed.entries.map(({ path }) => path)) : [];
}

type Judged = { readonly skill: PulledSkill; readonly found: ScanReport | null };

const NOT_JUDGED = { scan: null, release: null, evalsTar: null, digest: null };

async function judgeOne(
  deps: PullDeps,
  asked: PullAsked,
  { dir, name: dirName }: SkillFolder,
): Promise<Judged> {
  const [head, base] = await Promise.all(
    [asked.headOid, asked.baseOid].map((oid) =>
      readFolder(deps.readers, asked.repoDir, oid, dir, { caps: FOLDER_CAPS, cache: deps.cache }),
    ),
  );
  const nothing = { folder: dir, name: dirName ?? null, ...NOT_JUDGED };
  if (head?.kind !== "folder")
    return {
      found: null,
      skill: {
        ...nothing,
        isPublishable: false,
        problem: `It cannot be read (${head?.kind}).`,
        findings: [],
      },
    };
  const reading = readSkill(head.files.map(toTreeEntry), { dirName, profile: "clients" });
  const findings = reading.findings.map(({ rule, severity, message, file, line, column, fix }) => ({
    rule,
    severity,
    message,
    file,
    line,
    column,
    ...(fix !== undefined && { fix }),
  }));
  const name = reading.name ?? dirName ?? null;
  const own = { ...nothing, name, findings, problem: null };
  if (!reading.publishable || name === null)
    return { found: null, skill: { ...own, isPublishable: false } };
  const [report, before] = await Promise.all([
    scanFolder(deps, head),
    base?.kind === "folder" ? scanFolder(deps, base) : undefined,
  ]);
  const files = head.files.map((file) => {
    const { path, mode, bytes } = toArchiveFile(file);
    return { path, mode, sizeBytes: bytes.length, sha256: hash("sha256", bytes) };
  });
  const hasEvals = head.files.some(({ path }) => path === deps.evalsFile);
  const skill = {
    ...own,
    isPublishable: true,
    scan: compareScans(before, report),
    release: await previewRelease(deps, asked, name, dir),
    evalsTar: hasEvals ? await deps.blobs.put(encodeUstar(head.files.map(toArchiveFile))) : null,
    digest: contentDigest(files),
  };
  return { skill, found: report };
}

async function scanFolder({ scanner, today }: PullDeps, { files }: Folder): Promise<ScanReport> {
  return scanner.scan(encodeUstar(files.map(toArchiveFile)), today);
}

/** What of the scan is new: a finding is known by its fingerprint, wherever its line went. */
function compareScans(before: ScanReport | undefined, after: ScanReport): PulledSkill["scan"] {
  const known = new Set(before?.findings.map(({ fingerprint }) => fingerprint));
  const added = after.findings.filter(({ fingerprint }) => !known.has(fingerprint));
  const { gained } = compareCapabilities(before?.capabilities ?? [], after.capabilities);
  return {
    verdict: after.verdict,
    score: after.score,
    known: after.findings.length - added.length,
    added: added.map(({ rule, severity, message, file, line, remedy }) => ({
      rule,
      severity,
      message,
      file,
      line,
      column: 1,
      fix: remedy,
    })),
    gained: gained.map(({ kind, detail }) => (detail === null ? kind : `${kind}: ${detail}`)),
    gaps: after.coverage.gaps.map(({ file, because }) => `${file}: ${because ?? "in part"}`),
  };
}

async function previewRelease(
  { changelog }: PullDeps,
  { repoDir, headOid, versionsOf }: PullAsked,
  name: string,
  dir: string,
): Promise<PulledSkill["release"]> {
  const versions = await versionsOf(name);
  const previous = versions.toSorted((a, b) => compareVersions(a.version, b.version)).at(-1);
  const commits = await listCommits(repoDir, headOid, previous?.commitOid);
  const own = commits.filter(({ paths }) =>
    paths.some((path) => dir === "" || path.startsWith(`${dir}/`)),
  );
  const summary = changelog.summarise({
    previous: previous?.version ?? null,
    commits: own.map(({ record }) => record),
  });
  const version = stepVersion(previous?.version, summary.requiredBump) ?? null;
  return {
    previous: previous?.version ?? null,
    bump: summary.requiredBump,
    version,
    tag: version === null ? null : `${name}--v${version}`,
    notes: summary.entries.slice(0, 30).map(({ type, subject }) => `${type}: ${subject}`),
  };
}

/** Newest first, as changelogs want them. */
async function listCommits(
  repoDir: string,
  headOid: string,
  known: string | undefined,
): Promise<readonly Commit[]> {
  const found: Commit[] = [];
  const range = { tips: [headOid], known: known === undefined ? [] : [known] };
  for await (const {
    oid,
    authorName,
    authorEmail,
    message,
    committerTimeSeconds,
    paths,
  } of walkCommits(repoDir, range)) {
    const committedAt = toCommitTime(committerTimeSeconds);
    found.push({ record: { oid, authorName, authorEmail, message, committedAt }, paths });
    if (found.length > MAX_COMMITS) found.shift();
  }
  return found.toReversed();
}
