import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { askGit } from "../../registry-app/bin/author/git.ts";
import { lintEvals } from "../../registry-app/bin/author/lint-evals.ts";
import { toLintLine, type LintLine } from "../../registry-app/bin/author/lint-line.ts";
import { findDiskSkills, type DiskSkill } from "../../registry-app/bin/author/skill-on-disk.ts";
import { readSkillToScan } from "../../registry-app/bin/author/skill-to-scan.ts";
import { openSkillScanner, type SkillScanner } from "../../registry-app/bin/scan/scan-skills.ts";
import { findUnfitPath } from "../../registry-app/src/blobs/index.ts";
import { Refusal } from "../../registry-app/src/runtime/refusal.ts";
import { BUNDLED_SNAPSHOT, type ScanReport } from "../../registry-app/src/scan/index.ts";
import { readSkill } from "../../registry-app/src/skill/index.ts";
import { openHistory, type Preview } from "./preview.ts";

/** What is known of a skill on disk before anybody tags it. */
export type JudgedSkill = {
  /** From the root of the repo; "" is the root. */
  readonly dir: string;
  readonly lint: LintLine;
  readonly scan: ScanReport;
  readonly preview: Preview;
};

/** Both actions lie at the same depth, so that each finds it. */
const CHILD = fileURLToPath(new URL("../../check/dist/scan-child.mjs", import.meta.url));

/**
 * Judges the skills in a folder, or the one of that name, as the registry would judge a tag of them. Throws a Refusal
 * when there is no such folder or skill.
 */
export async function judgeFolder(folder: string, only?: string): Promise<readonly JudgedSkill[]> {
  const skills = findSkills(folder, only);
  const top = (await askGit(folder, "rev-parse", "--show-toplevel")) ?? resolve(folder);
  const history = await openHistory(folder);
  const scanner = await openSkillScanner({ advisories: BUNDLED_SNAPSHOT, entry: CHILD });
  try {
    const judged: JudgedSkill[] = [];
    for (const skill of skills) {
      const { lint, scan } = await judgeFiles(scanner, skill, fromTop(top, skill.path));
      const preview = await history.preview(lint.name ?? skill.dirName);
      judged.push({ dir: fromTop(top, skill.path), lint, scan, preview });
    }
    return judged;
  } finally {
    await Promise.all([scanner.close(), history.close()]);
  }
}

function findSkills(folder: string, only: string | undefined): readonly DiskSkill[] {
  const all = findDiskSkills(folder);
  if (all === undefined)
    throw new Refusal("not-found", `${folder} is not a folder.`, "Set the input path.");
  if (only === undefined) return all;
  const own = all.filter(({ dirName }) => dirName === only || dirName === undefined);
  if (own.length > 0) return own;
  throw new Refusal(
    "not-found",
    `There is no skill ${only}.`,
    `Commit it at skills/${only}/SKILL.md.`,
  );
}

async function judgeFiles(scanner: SkillScanner, { path, dirName }: DiskSkill, dir: string) {
  const entries = readSkillToScan(path);
  const reading = readSkill(entries, { dirName, profile: "clients" });
  const ofEvals = await lintEvals(path, entries, reading.name);
  const line = toLintLine(dir === "" ? "." : dir, reading, ofEvals);
  // What the server also asks of a folder, since it makes an archive of it.
  const isFit = reading.name !== undefined && findUnfitPath(entries) === undefined;
  const lint = { ...line, publishable: line.publishable && isFit };
  return { lint, scan: await scanner.scan(entries, new Date()) };
}

function fromTop(top: string, path: string): string {
  const way = relative(top, resolve(path)).split(sep).join("/");
  return way.startsWith("../") || way === ".." ? "" : way;
}
