import { readSkill, type FieldProfile } from "../../src/skill/index.ts";
import { EXIT, text, wrongUsage, type Command, type ExitCode, type Output } from "../command.ts";
import { describeLint, toLintLine } from "../author/lint-line.ts";
import { findDiskSkills, readDiskSkill, type DiskSkill } from "../author/skill-on-disk.ts";

/** Judges skill folders on disk as publishing would, without a registry. */
export const lint: Command = {
  summary: "judge skills: SKILL.md and folder, with the fix for each finding",
  usage: "DIR… [--profile spec|clients]",
  environment: "unread",
  options: { profile: { type: "string" } },
  help: [
    "",
    "DIR is a skill's folder, or a source repo: then every skill in it is judged.",
    "--profile clients (the default) only warns of fields that known clients read beyond",
    "the specification's six; --profile spec takes them for errors.",
    "Ends with 1 when a skill is not publishable.",
    "",
    "Examples:",
    "  npx assay lint skills/hello",
    "  npx assay lint . --json",
  ],
  async run(output, dirs, values) {
    const profile = readProfile(text(values, "profile"));
    if (dirs.length === 0) throw wrongUsage("lint", "Say which folder to lint.");
    const codes = dirs.map((dir) => lintArgument(output, dir, profile));
    return codes.includes(EXIT.failed) ? EXIT.failed : (codes.find(isBad) ?? EXIT.fine);
  },
};

function readProfile(given: string | undefined): FieldProfile {
  if (given === undefined || given === "clients") return "clients";
  if (given === "spec") return "spec";
  throw wrongUsage("lint", `There is no profile ${JSON.stringify(given)}: spec or clients.`);
}

/** One folder that cannot be read is told of and does not keep the others from being judged. */
function lintArgument(output: Output, dir: string, profile: FieldProfile): ExitCode {
  try {
    const skills = findDiskSkills(dir);
    if (skills !== undefined) {
      const codes = skills.map((skill) => lintSkill(output, skill, profile));
      return codes.find(isBad) ?? EXIT.fine;
    }
    output.say(`assay: ${dir} is not a folder.`);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    output.say(`assay: ${dir} cannot be read: ${cause.message}`);
  }
  return EXIT.failed;
}

function lintSkill(output: Output, skill: DiskSkill, profile: FieldProfile): ExitCode {
  const reading = readSkill(readDiskSkill(skill.path), { dirName: skill.dirName, profile });
  const line = toLintLine(skill.dir, reading);
  output.print(line, describeLint(line));
  return line.publishable ? EXIT.fine : EXIT.bad;
}

function isBad(code: ExitCode): boolean {
  return code === EXIT.bad;
}
