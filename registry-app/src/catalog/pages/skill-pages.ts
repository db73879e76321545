import type { Blobs } from "../../blobs/index.ts";
import type { Db } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { compareVersions, formatTagName } from "../../skill/index.ts";
import { archiveHref } from "../install-index.ts";
import { renderMarkdown } from "../markdown.ts";
import { findNewAbilities, readScan } from "../read-scan.ts";
import { isServed, newestFirst, toChecks, toSkill, toVersion } from "../read-skills.ts";
import {
  findSkill,
  findSkillMd,
  findVersion,
  listChecks,
  listFiles,
  listFindings,
  listVersions,
  type CheckRow,
  type FileRow,
  type FindingRow,
  type SkillRow,
  type VersionRow,
} from "../store/skills.ts";
import { readVersionFile } from "../version-files.ts";

const SHOWN_FILE_BYTES = 512 * 1024;
const RECENT = 10;
const FRONTMATTER = /^\uFEFF?---[ \t]*\r?\n(?:[^\n]*\n)*?---[ \t]*(?:\r?\n|$)/;
const TOOL = /[^\s,()]+(?:\([^()]*\))?/g;

export async function readSkillPage(db: Db, viewer: Viewer, team: string, name: string) {
  const row = await findSkill(db, viewer, team, name);
  if (row === undefined) return undefined;
  const versions = newestFirst(await listVersions(db, row.id));
  return {
    ...toSkill(row, versions),
    digest: row.digest,
    visibility: row.visibility,
    versions: versions.map(toVersionLine),
  };
}

export async function readVersionPage(
  db: Db,
  viewer: Viewer,
  team: string,
  name: string,
  version: string,
) {
  const skill = await findSkill(db, viewer, team, name);
  const row = skill && (await findVersion(db, skill.id, version));
  if (skill === undefined || row === undefined) return undefined;
  const [checks, files, findings, text, versions] = await Promise.all([
    listChecks(db, row.id),
    listFiles(db, row.id),
    listFindings(db, row.id),
    findSkillMd(db, row.id),
    listVersions(db, skill.id),
  ]);
  const all = newestFirst(versions);
  const previous = all.find((one) => one.version === previousPublished(all, row.version));
  const scan = await readScan(db, row);
  return {
    ...versionFacts(skill, row, checks, files),
    findings: findings.map(toFinding),
    text: toText(skill, row, text ?? ""),
    previous: previous?.version ?? null,
    scan: scan ?? null,
    newAbilities: (await findNewAbilities(db, row, previous)) ?? null,
    recent: all.slice(0, RECENT).map(toVersionLine),
    versionCount: all.length,
  };
}

type WantedFile = {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  readonly path: string;
};

export async function readFileView(
  deps: { readonly db: Db; readonly blobs: Blobs },
  viewer: Viewer,
  { team, name, version, path }: WantedFile,
) {
  const skill = await findSkill(deps.db, viewer, team, name);
  const row = skill && (await findVersion(deps.db, skill.id, version));
  if (row === undefined || !isServed(row.state)) return undefined;
  const files = await listFiles(deps.db, row.id);
  const file = files.find((one) => one.path === path);
  if (file === undefined) return undefined;
  const base = { team, name, version, ...file };
  if (file.size > SHOWN_FILE_BYTES) {
    return { ...base, kind: "too-large" as const, limit: SHOWN_FILE_BYTES };
  }
  const bytes = await readVersionFile(deps.blobs, toVersion(row, [], files), path);
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes);
  if (text === undefined) return { ...base, kind: "binary" as const };
  return { ...base, kind: "text" as const, text };
}

function versionFacts(
  skill: SkillRow,
  row: VersionRow,
  checks: readonly CheckRow[],
  files: readonly FileRow[],
) {
  const { archives, changelog, ...facts } = toVersion(row, checks, files);
  return {
    ...facts,
    team: skill.team,
    name: skill.name,
    description: isServed(row.state) ? row.description : "",
    isPrerelease: row.isPrerelease,
    skill: skillFacts(skill),
    changelog: { from: changelog.from, entries: changelog.entries },
    archives: archives.map((archive) => ({
      ...archive,
      href: archiveHref(skill.team, skill.name, row.version, archive.format),
    })),
    decision: toDecision(row),
    install: installFacts(skill, row),
    allowedTools: isServed(row.state) ? toAllowedTools(row.frontmatter["allowed-tools"]) : [],
  };
}

function skillFacts(skill: SkillRow) {
  return {
    visibility: skill.visibility,
    owner: skill.team,
    source: skill.source,
    license: skill.license,
    compatibility: skill.compatibility,
    latest: skill.latest,
    score: skill.score,
    downloads: skill.downloads,
  };
}

/** Stock clients cannot send a token, so the install scope of a private skill would answer them with nothing. */
function installFacts(skill: SkillRow, row: VersionRow) {
  const served = isServed(row.state);
  const coordinate = `${skill.team}/${skill.name}`;
  return {
    scope: served && skill.visibility === "public" ? `/s/${coordinate}@${row.version}` : null,
    git: served ? `/git/s/${coordinate}.git` : null,
    gitTag: formatTagName(skill.name, row.version),
  };
}

function toText(skill: SkillRow, row: VersionRow, text: string) {
  if (!isServed(row.state)) {
    const because = row.decision?.reasons[0] ?? `This version is ${row.state}.`;
    return { kind: "withheld" as const, because };
  }
  const parts = [skill.team, skill.name, row.version].map(encodeURIComponent);
  const filesHref = `/skills/${parts.join("/")}/files`;
  return {
    kind: "shown" as const,
    ...renderMarkdown(text.replace(FRONTMATTER, ""), { filesHref }),
  };
}

function toVersionLine(row: VersionRow) {
  return {
    version: row.version,
    state: row.state,
    publishedAt: row.publishedAt?.toISOString() ?? null,
    digest: row.digest,
    checks: toChecks(row.outcomes),
    isPrerelease: row.isPrerelease,
  };
}

function toFinding(row: FindingRow) {
  return { ...row, severity: toSeverity(row.severity) };
}

function toSeverity(severity: string): "error" | "warning" | "info" {
  return severity === "error" || severity === "warning" ? severity : "info";
}

const DECISIONS = ["wait", "hold", "refuse", "publish"] as const;

function toDecision(row: VersionRow) {
  const kind = DECISIONS.find((one) => one === row.decision?.kind);
  if (kind === undefined) return null;
  const decidedAt = row.decidedAt?.toISOString() ?? null;
  return { kind, reasons: row.decision?.reasons ?? [], decidedAt, remedy: row.remedy };
}

function previousPublished(newestFirst: readonly VersionRow[], version: string): string | null {
  const isBefore = (row: VersionRow) =>
    row.state === "published" && compareVersions(row.version, version) < 0;
  return newestFirst.find(isBefore)?.version ?? null;
}

/** The field is text ("Bash(git:*) Read") in the specification and a list in some clients. */
function toAllowedTools(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  const tools = texts.flatMap((text) => (typeof text === "string" ? (text.match(TOOL) ?? []) : []));
  return tools.slice(0, 100);
}

function decodeText(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
