import { fixSkill, readSkill, type FieldProfile, type ReadOptions } from "../../src/skill/index.ts";
import { EXIT, text, wrongUsage, type Command, type ExitCode, type Output } from "../command.ts";
import { lintEvals } from "../author/lint-evals.ts";
import { describeLint, toLintLine } from "../author/lint-line.ts";
import {
  findDiskSkills,
  readDiskSkill,
  writeSkillFile,
  type DiskSkill,
} from "../author/skill-on-disk.ts";

/** Judges skill folders on disk as publishing would, without a registry. */
export const lint: Command = {
  summary: "judge skills: SKILL.md, folder and evals, with the fix for each finding",
  usage: "DIR… [--profile spec|clients] [--fix]",
  environment: "unread",
  options: { profile: { type: "string" }, fix: { type: "boolean" } },
  help: [
    "",
    "DIR is a skill's folder, or a source repo: then every skill in it is judged.",
    "--profile clients (the default) only warns of fields that known clients read beyond",
    "the specification's six; --profile spec takes them for errors.",
    "--fix first rewrites what a machine may decide: flow lists as lines, text in quotes, line",
    "ends, the folder's name, unknown fields below metadata. It says what it changed; git diff",
    "shows it.",
    "evals/evals.json is judged too, by warnings: a case that cannot be run keeps no version back",
    "unless the registry's policy asks for evals.",
    "Ends with 1 when a skill is not publishable.",
    "",
    "Examples:",
    "  npx assay lint skills/hello",
    "  npx assay lint . --fix",
    "  npx assay lint . --json",
  ],
  async run(output, dirs, values) {
    const profile = readProfile(text(values, "profile"));
    if (dirs.length === 0) throw wrongUsage("lint", "Say which folder to lint.");
    const how = { profile, isFixing: values["fix"] === true };
    const codes: ExitCode[] = [];
    for (const dir of dirs) codes.push(await lintArgument(output, dir, how));
    return codes.includes(EXIT.failed) ? EXIT.failed : (codes.find(isBad) ?? EXIT.fine);
  },
};

type How = { readonly profile: FieldProfile; readonly isFixing: boolean };

function readProfile(given: string | undefined): FieldProfile {
  if (given === undefined || given === "clients") return "clients";
  if (given === "spec") return "spec";
  throw wrongUsage("lint", `There is no profile ${JSON.stringify(given)}: spec or clients.`);
}

/** One folder that cannot be read is told of and does not keep the others from being judged. */
async function lintArgument(output: Output, dir: string, how: How): Promise<ExitCode> {
  try {
    const skills = findDiskSkills(dir);
    if (skills !== undefined) {
      const codes: ExitCode[] = [];
      for (const skill of skills) codes.push(await lintSkill(output, skill, how));
      return codes.find(isBad) ?? EXIT.fine;
    }
    output.say(`assay: ${dir} is not a folder.`);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    output.say(`assay: ${dir} cannot be read: ${cause.message}`);
  }
  return EXIT.failed;
}

async function lintSkill(
  output: Output,
  skill: DiskSkill,
  { profile, isFixing }: How,
): Promise<ExitCode> {
  const options = { dirName: skill.dirName, profile };
  const fixed = isFixing ? fixOnDisk(skill, options) : undefined;
  const entries = readDiskSkill(skill.path);
  const reading = readSkill(entries, options);
  const ofEvals = await lintEvals(skill.path, entries, reading.name);
  const line = {
    ...toLintLine(skill.dir, reading, ofEvals),
    ...(fixed !== undefined && { fixed }),
  };
  output.print(line, describeLint(line));
  return line.publishable ? EXIT.fine : EXIT.bad;
}

function fixOnDisk(skill: DiskSkill, options: ReadOptions): readonly string[] {
  const fix = fixSkill(readDiskSkill(skill.path), options);
  if (fix.kind === "unchanged") return [];
  writeSkillFile(skill.path, fix.text);
  return fix.changes;
}

function isBad(code: ExitCode): boolean {
  return code === EXIT.bad;
}
