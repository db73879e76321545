import { doctorAuthor } from "../doctor/author.ts";
import { doctorInstallation } from "../doctor/installation.ts";
import type { Check } from "../doctor/check.ts";
import { EXIT, wrongUsage, type Command } from "../command.ts";

/** Checks an installation, or an author's machine, and names the command that mends what is wrong. */
export const doctor: Command = {
  summary: "check this installation, or with --author whether you can sign releases",
  usage: "[--author]",
  options: { author: { type: "boolean" } },
  help: [
    "",
    "--author looks at git's settings as they are in the folder you are in.",
    "Ends with 1 when something must be mended.",
    "",
    "Examples:",
    "  npx assay doctor",
    "  npx assay doctor --author",
  ],
  async run(context, [extra], values) {
    if (extra !== undefined) throw wrongUsage("doctor", `"${extra}" has no place here.`);
    const isAuthor = values["author"] === true;
    const checks = isAuthor ? doctorAuthor(process.cwd()) : doctorInstallation(context.config);
    let isIll = false;
    for await (const check of checks) {
      isIll ||= check.status === "fail";
      context.print(check, describe(check));
    }
    return isIll ? EXIT.bad : EXIT.fine;
  },
};

function describe({ check, status, says, mend }: Check): string {
  const line = `${status.padEnd(4)}  ${check}: ${says}`;
  return mend === undefined ? line : `${line}\n      ${mend}`;
}
