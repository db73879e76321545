import { isAbsolute, relative, resolve, sep } from "node:path";
import {
  ALL_RULES,
  BUNDLED_SNAPSHOT,
  toSarif,
  type AdvisorySnapshot,
  type SarifSubject,
  type ScanReport,
  type Verdict,
} from "../../src/scan/index.ts";
import { describeScan } from "../author/scan-line.ts";
import { readSkillToScan } from "../author/skill-to-scan.ts";
import { findDiskSkills, type DiskSkill } from "../author/skill-on-disk.ts";
import { EXIT, text, wrongUsage, type Command, type ExitCode, type Output } from "../command.ts";
import { readAdvisoriesFile } from "../scan/read-advisories.ts";
import { openSkillScanner, type SkillScanner } from "../scan/scan-skills.ts";

/** Looks for what a skill on disk would do to whoever loads it, without a registry and without running it. */
export const scan: Command = {
  summary: "look for danger in skills: what they do, hide and bring in",
  usage: "DIR… [--format sarif] [--advisories FILE]",
  environment: "unread",
  options: { format: { type: "string" }, advisories: { type: "string" } },
  help: [
    "",
    "DIR is a skill's folder, or a source repo: then every skill in it is scanned. Nothing of a",
    "skill is run, and nothing is sent anywhere.",
    "--format sarif prints one SARIF file for all of them, as code scanning takes it.",
    "--advisories is a file of OSV records (a list, or {vulns: […]}) to know bad packages by; the",
    "short list that comes with Assay is used without it.",
    "Ends with 1 when a verdict is block, warn or incomplete.",
    "",
    "Examples:",
    "  npx assay scan skills/hello",
    "  npx assay scan . --json",
    "  npx assay scan . --format sarif > scan.sarif",
  ],
  async run(output, dirs, values) {
    const format = text(values, "format");
    if (format !== undefined && format !== "sarif")
      throw wrongUsage("scan", `There is no format ${JSON.stringify(format)}: sarif.`);
    if (dirs.length === 0) throw wrongUsage("scan", "Say which folder to scan.");
    const advisories = readAdvisories(output, text(values, "advisories"));
    const scanner = await openSkillScanner({ advisories });
    try {
      return await (format === "sarif"
        ? printSarif(output, scanner, dirs)
        : scanAll(output, scanner, dirs, (skill, report) => {
            const line = { dir: skill.dir, ...report };
            output.print(line, describeScan(line));
          }));
    } finally {
      await scanner.close();
    }
  },
};

const BAD: ReadonlySet<Verdict> = new Set(["block", "warn", "incomplete"]);

type Tell = (skill: DiskSkill, report: ScanReport) => void;

/** What cannot be read is told of, and does not keep the others from being scanned. */
async function scanAll(
  output: Output,
  scanner: SkillScanner,
  dirs: readonly string[],
  tell: Tell,
): Promise<ExitCode> {
  const today = new Date();
  let hasFailed = false;
  let isBad = false;
  for (const dir of dirs)
    for (const skill of findSkills(output, dir) ?? [undefined]) {
      const entries = skill && readEntries(output, skill);
      if (skill === undefined || entries === undefined) {
        hasFailed = true;
        continue;
      }
      const report = await scanner.scan(entries, today);
      isBad ||= BAD.has(report.verdict);
      tell(skill, report);
    }
  if (hasFailed) return EXIT.failed;
  return isBad ? EXIT.bad : EXIT.fine;
}

async function printSarif(
  output: Output,
  scanner: SkillScanner,
  dirs: readonly string[],
): Promise<ExitCode> {
  const subjects: SarifSubject[] = [];
  const code = await scanAll(output, scanner, dirs, ({ path }, report) =>
    subjects.push({ dir: fromHere(path), report }),
  );
  const log = toSarif(subjects, ALL_RULES);
  output.print(log, JSON.stringify(log));
  return code;
}

function findSkills(output: Output, dir: string): readonly DiskSkill[] | undefined {
  const skills = telling(output, dir, () => findDiskSkills(dir) ?? null);
  if (skills === null) output.say(`assay: ${dir} is not a folder.`);
  return skills ?? undefined;
}

function readEntries(output: Output, { dir, path }: DiskSkill) {
  return telling(output, dir, () => readSkillToScan(path));
}

function telling<T>(output: Output, dir: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    output.say(`assay: ${dir} cannot be read: ${cause.message}`);
    return undefined;
  }
}

function readAdvisories(output: Output, file: string | undefined): AdvisorySnapshot {
  if (file === undefined) return BUNDLED_SNAPSHOT;
  const { snapshot, skipped } = readAdvisoriesFile(file);
  if (skipped > 0) output.say(`assay: ${skipped} records of ${file} could not be understood.`);
  return snapshot;
}

/** The folder from the one that the command runs in, as code scanning names files; what lies outside, by its last name. */
function fromHere(path: string): string {
  const way = relative(process.cwd(), resolve(path));
  const isOutside = way.startsWith("..") || isAbsolute(way);
  return (isOutside ? (way.split(sep).at(-1) ?? "") : way).split(sep).join("/");
}
