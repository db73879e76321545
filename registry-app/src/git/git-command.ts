import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { QuarantineEnv } from "./records.ts";

/** Configuration that wins over every file: hooks never run, only named transports exist, nothing asks questions. */
const FORCED_CONFIG: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["credential.helper", ""],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["protocol.allow", "never"],
];

export type GitEnv = Readonly<Record<string, string>>;

export type GitRun =
  | { readonly kind: "done"; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: "failed"; readonly exitCode: number | null; readonly stderr: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "too-much-output" };

export type GitCommand = {
  readonly gitDir?: string | undefined;
  /** Constants and validated values only; what came from outside stands after `--` or `--end-of-options`. */
  readonly args: readonly string[];
  readonly input?: string | Buffer;
  readonly quarantine?: QuarantineEnv | undefined;
  readonly config?: readonly (readonly [string, string])[];
  readonly maxOutputBytes?: number;
  readonly timeoutMs?: number;
};

const DEFAULT_OUTPUT_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_STDERR_BYTES = 16 * 1024;
/** What git may ask for in one piece, in git's own units. */
const MAX_ALLOCATION = "512m";

/**
 * The whole environment of a git process: no system or user configuration, no ambient `GIT_*`, no replace refs.
 * PATH is the one ambient variable: it says where git is installed. More configuration may be added, never taken away.
 */
export function hardenedEnv(
  config: readonly (readonly [string, string])[] = [],
  quarantine?: QuarantineEnv,
): GitEnv {
  const settings = [...FORCED_CONFIG, ...config];
  const env: Record<string, string> = {
    // oxlint-disable-next-line node/no-process-env -- where git is installed is a fact of the machine, not a setting
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    // A graft would give a commit other parents than it was signed with. A file that is there makes git print advice.
    GIT_GRAFT_FILE: "/nonexistent/grafts",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    // A few kilobytes of delta can ask for any number of gigabytes.
    GIT_ALLOC_LIMIT: MAX_ALLOCATION,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: String(settings.length),
  };
  for (const [index, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return quarantine === undefined ? env : { ...env, ...quarantine };
}

/** Starts git with the hardened environment. `--git-dir` is explicit, so nothing is discovered from the folder we are in. */
export function spawnGit(
  command: Pick<GitCommand, "gitDir" | "args" | "quarantine" | "config"> & {
    /** Less than what git may ask for in one piece anyway, in git's own units. */
    readonly maxAllocation?: string;
  },
): ChildProcessWithoutNullStreams {
  const { maxAllocation = MAX_ALLOCATION } = command;
  const where = command.gitDir === undefined ? [] : [`--git-dir=${command.gitDir}`];
  return spawn("git", [...where, ...command.args], {
    env: { ...hardenedEnv(command.config, command.quarantine), GIT_ALLOC_LIMIT: maxAllocation },
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs git to its end with caps on time and output. Throws only when git cannot be started. */
export function runGit(command: GitCommand): Promise<GitRun> {
  const child = spawnGit(command);
  const maxBytes = command.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let cut: GitRun | undefined;
    const stop = (outcome: GitRun) => {
      cut ??= outcome;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(
      () => stop({ kind: "timed-out" }),
      command.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    );
    const stderr = collectStderr(child);
    child.stdout.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) stop({ kind: "too-much-output" });
      else chunks.push(chunk);
    });
    // A git that ends before it has read its input breaks the pipe; its exit code tells the story.
    child.stdin.on("error", () => {});
    child.stdin.end(command.input);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      if (cut !== undefined) resolve(cut);
      else if (exitCode === 0)
        resolve({ kind: "done", stdout: Buffer.concat(chunks), stderr: stderr() });
      else resolve({ kind: "failed", exitCode, stderr: stderr() });
    });
  });
}

/** The output of a git command that has no reason to fail; throws with git's own words when it does. */
export async function gitOutput(command: GitCommand): Promise<Buffer> {
  const run = await runGit(command);
  if (run.kind === "done") return run.stdout;
  throw gitError(command.args, run);
}

/** The error for a run that had to succeed; names the subcommand only, as arguments may be long or private. */
export function gitError(args: readonly string[], run: Exclude<GitRun, { kind: "done" }>): Error {
  const said = run.kind === "failed" ? `exit ${run.exitCode}: ${run.stderr.trim()}` : run.kind;
  return new Error(`git ${args[0] ?? ""} ${said}`);
}

/** Keeps the start of what git says on stderr and reads the rest away, so that git never blocks on it. */
export function collectStderr(child: ChildProcessWithoutNullStreams): () => string {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  child.stderr.on("data", (chunk: Buffer) => {
    if (sizeBytes < MAX_STDERR_BYTES) chunks.push(chunk.subarray(0, MAX_STDERR_BYTES - sizeBytes));
    sizeBytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
