import { hasNoTags, type LogFault } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, texts, wrongUsage, type Command, type Context, type ExitCode } from "../command.ts";
import { compareRegistries, type Difference } from "../compose/compare-registries.ts";
import { openRegistryLog } from "../compose/open-registry-log.ts";
import { withScratch } from "../compose/open-scratch.ts";
import { readHomeLog, rebuild, restorePin } from "../compose/rebuild.ts";
import { findRunning } from "../compose/running.ts";
import { withCore } from "../compose/with-core.ts";

/** Makes the registry again from its git repos, or checks that this would give the registry that runs. */
export const rebuildCommand: Command = {
  summary:
    "make the registry again from its git repos, or --verify that it would come out the same",
  usage: "[--verify] [--log-key SHA256:…]",
  options: { verify: { type: "boolean" }, "log-key": { type: "string", multiple: true } },
  help: [
    "",
    "Reads git/log.git, git/control.git and the repos of the sources under ASSAY_HOME, and fills an",
    "empty database, the stores, archives and public files from them. What was decided stays decided;",
    "whatever git has otherwise than the log says is reported, with its line, and left out.",
    "",
    "--verify    do it in a scratch home with a Postgres of its own and compare: one line for each",
    "            field that differs. Changes nothing.",
    "--log-key   fingerprint of the key that signed the log, as npx assay doctor prints it; may be",
    "            given again for a key that came later. Without it, the log's own word is taken.",
    "",
    "Ends with 1 when something differs or is missing.",
    "",
    "Examples:",
    "  npx assay rebuild --log-key SHA256:…",
    "  npx assay rebuild --verify --json",
  ],
  async run(context, [extra], values) {
    if (extra !== undefined) throw wrongUsage("rebuild", `"${extra}" has no place here.`);
    const pinned = texts(values, "log-key");
    if (pinned.length === 0)
      context.say(
        "The log's key is not pinned (--log-key): that it is the registry's is the log's own word.",
      );
    return values["verify"] === true ? verify(context, pinned) : make(context, pinned);
  },
};

async function make(context: Context, pinned: readonly string[]): Promise<ExitCode> {
  const running = await findRunning(context.config);
  if (running !== undefined)
    throw new Refusal(
      "conflict",
      `Assay runs on this home (process ${running.pid}).`,
      "Stop it first.",
    );
  const log = await readHomeLog(context.config, pinned);
  if (log.kind === "faulty") return report(context, log.faults);
  if ((await restorePin(context.config, log)) === "restored")
    context.say("root.json was missing and is restored from the log.");
  return withCore(context, async (core) => {
    if (!(await hasNoTags(core.db)))
      throw new Refusal(
        "conflict",
        "The database knows tags already; a rebuild starts from none.",
        "Use an empty database (docs/operating.md, Backup and restore), or compare: npx assay rebuild --verify",
      );
    const startedMs = performance.now();
    const done = await rebuild(core, log);
    if (done.kind === "faulty") return report(context, done.faults);
    const { faults, ...counts } = done;
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { skills, versions, tags, archives } = counts;
    context.print(
      { ...counts, lines: log.lines.length, faults: faults.length, seconds },
      `Rebuilt ${versions} versions of ${skills} skills, ${tags} tags and ${archives} archives from ${log.lines.length} lines in ${seconds} s.`,
    );
    return report(context, faults);
  });
}

async function verify(context: Context, pinned: readonly string[]): Promise<ExitCode> {
  return withCore(context, async (live) => {
    await live.law();
    // What was decided a moment ago shall be in the log that is read.
    await (await openRegistryLog(live)).flush();
    const log = await readHomeLog(context.config, pinned);
    if (log.kind === "faulty") return report(context, log.faults);
    return withScratch(
      context,
      (config) => restorePin(config, log),
      async (scratch) => {
        const done = await rebuild(scratch, log);
        if (done.kind === "faulty" || done.faults.length > 0) return report(context, done.faults);
        const { differences, ...equal } = await compareRegistries(live, scratch, log.facts);
        for (const difference of differences) context.print(difference, describe(difference));
        if (differences.length > 0) return EXIT.bad;
        const { skills, versions, tags, archives } = equal;
        context.print(
          { ...equal, lines: log.lines.length, equal: true },
          `Equal: ${versions} versions of ${skills} skills, ${tags} tags and ${archives} archives, from ${log.lines.length} lines.`,
        );
        return EXIT.fine;
      },
    );
  });
}

function report(context: Context, faults: readonly LogFault[]): ExitCode {
  for (const fault of faults) context.print({ fault }, describeFault(fault));
  return faults.length === 0 ? EXIT.fine : EXIT.bad;
}

function describeFault({ line, coordinate, commit, says }: LogFault): string {
  const where = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
    ...(coordinate === undefined ? [] : [coordinate]),
  ];
  return `${where.join(", ")}: ${says}`;
}

function describe({ of, field, live, rebuilt }: Difference): string {
  return `${of} ${field}: ${JSON.stringify(live)} here, ${JSON.stringify(rebuilt)} when rebuilt`;
}
