import { parseArgs } from "node:util";
import { createLog } from "../src/runtime/log.ts";
import { Refusal, Stalled } from "../src/runtime/refusal.ts";
import { EXIT, type Command, type ExitCode, type Output } from "./command.ts";

/** Loaded when asked for, so that `lint` does not wait for what `up` needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./commands/up.ts")).up,
  serve: async () => (await import("./commands/serve.ts")).serve,
  worker: async () => (await import("./commands/worker.ts")).worker,
  "github-app": async () => (await import("./commands/github-app.ts")).githubApp,
  "check-worker": async () => (await import("./commands/check-worker.ts")).checkWorker,
  rescan: async () => (await import("./commands/rescan.ts")).rescanCommand,
  migrate: async () => (await import("./commands/migrate.ts")).migrateCommand,
  rebuild: async () => (await import("./commands/rebuild.ts")).rebuildCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  init: async () => (await import("./commands/init.ts")).init,
  lint: async () => (await import("./commands/lint.ts")).lint,
  scan: async () => (await import("./commands/scan.ts")).scan,
  advisories: async () => (await import("./commands/advisories.ts")).advisories,
  eval: async () => (await import("./commands/eval.ts")).evalCommand,
  verify: async () => (await import("./commands/verify.ts")).verify,
  "verify-tag": async () => (await import("./commands/verify-tag.ts")).verifyTagCommand,
  changelog: async () => (await import("./commands/changelog.ts")).changelogCommand,
  release: async () => (await import("./commands/release.ts")).release,
  source: async () => (await import("./commands/source.ts")).source,
  team: async () => (await import("./commands/team.ts")).team,
  user: async () => (await import("./commands/user.ts")).user,
  token: async () => (await import("./commands/token.ts")).token,
  approve: async () => (await import("./commands/approve.ts")).approve,
  revoke: async () => (await import("./commands/revoke.ts")).revoke,
  key: async () => (await import("./commands/key.ts")).key,
  law: async () => (await import("./commands/law.ts")).lawCommand,
};

// `assay … | head`: whoever reads has seen enough, and nothing went wrong.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  if (cause.code !== "EPIPE") throw cause;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name = "", ...rest] = argv;
  if (name === "" || name === "--help" || name === "-h" || name === "help") return showCommands();
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    say(`assay: there is no command "${name}". Run "npx assay --help" for the list.`);
    return EXIT.failed;
  }
  try {
    return await runCommand(name, await load(), rest);
  } catch (cause) {
    return explain(cause);
  }
}

async function runCommand(
  name: string,
  command: Command,
  argv: readonly string[],
): Promise<ExitCode> {
  const options = {
    ...command.options,
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = parse(name, argv, options);
  if (values["help"] === true) return showHelp(name, command);
  const isJson = values["json"] === true;
  const output: Output = {
    isJson,
    say,
    print: (value, text) =>
      void process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : `${text}\n`),
  };
  if (command.environment === "unread") return command.run(output, positionals, values);
  // Loaded here, since what reads the environment costs more than all of `lint`.
  const { readConfig } = await import("../src/runtime/config.ts");
  const config = readConfig(process.env, process.getuid?.() === 0);
  const { isService = false } = command;
  const runsOn = typeof isService === "function" ? isService(positionals) : isService;
  const isQuiet = !runsOn && !process.env["LOG_LEVEL"];
  const level = isQuiet ? "warn" : config.logLevel;
  const log = createLog(level, (line) => process.stderr.write(line));
  return command.run({ ...output, config, log }, positionals, values);
}

function parse(name: string, argv: readonly string[], options: NonNullable<Command["options"]>) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new Refusal(
      "bad-request",
      cause instanceof Error ? cause.message : String(cause),
      `Run "npx assay ${name} --help".`,
    );
  }
}

async function showCommands(): Promise<ExitCode> {
  const rows = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => [name, (await load()).summary] as const),
  );
  process.stdout.write(
    [
      "Assay: a GitOps registry for Agent Skills.",
      "",
      ...rows.map(([name, summary]) => `  npx assay ${name.padEnd(12)} ${summary}`),
      "",
      `Every command has --help and --json.`,
    ].join("\n") + "\n",
  );
  return EXIT.fine;
}

function showHelp(name: string, command: Command): ExitCode {
  process.stdout.write(
    [
      command.summary,
      "",
      `  npx assay ${name} ${command.usage}`,
      ...(command.help ?? []).map((line) => `  ${line}`),
    ].join("\n") + "\n",
  );
  return EXIT.fine;
}

function explain(cause: unknown): ExitCode {
  if (cause instanceof Refusal)
    say(`assay: ${cause.message}${cause.hint === undefined ? "" : `\n       ${cause.hint}`}`);
  else if (cause instanceof Stalled) say(`assay: ${cause.message}`);
  else
    say(
      `assay: this is our fault: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    );
  return EXIT.failed;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
