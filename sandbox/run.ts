import type { Container } from "dockerode";
import { END_AND_TELL, endCase, layIn, parseUsage, type Usage } from "./container.ts";
import { within } from "./engine.ts";
import { startExec } from "./exec.ts";
import { packInputs } from "./files-in.ts";
import { unpackOutputs } from "./files-out.ts";
import { CASE_USER } from "./limits.ts";
import { createCapture } from "./output.ts";
import type { Artifact, End, Limits, RunResult, RunSpec } from "./types.ts";

/** Between being asked to end and being made to. */
const GRACE_MS = 200;
/** For what our own programs do in the container beside the command. */
const COLLECT_MS = 20_000;

type Command = Pick<RunSpec, "command" | "stdin" | "env" | "signal"> & { readonly limits: Limits };
type Ran = Extract<RunResult, { kind: "ran" }>;
/** What came of the command before the container was looked at. */
export type Ended = Pick<Ran, "stdout" | "stderr" | "durationMs" | "notes"> & {
  readonly exitCode: number | null;
  readonly why: "exit" | "timeout" | "output-limit" | "cancelled";
};

/** Runs the whole of a spec in a container that nobody has used before. Throws only what is the engine's fault. */
export async function runInside(container: Container, spec: RunSpec): Promise<RunResult> {
  if (spec.signal?.aborted === true) return { kind: "cancelled" };
  if (spec.skill !== null) await layIn(container, spec.skill);
  const inputs = spec.inputs.length === 0 ? Buffer.alloc(0) : await packInputs(spec.inputs);
  const ended = await runCommand(container, spec, inputs);
  if (ended.why === "cancelled") return { kind: "cancelled" };
  const left = await collect(container, spec.limits);
  return toResult(ended, left);
}

/** Runs one command as the case's user, and ends it when it takes too long, says too much or is no longer wanted. */
export async function runCommand(
  container: Container,
  spec: Command,
  inputs: Buffer,
): Promise<Ended> {
  const { limits } = spec;
  const stdout = createCapture(limits.keptOutputBytes);
  const stderr = createCapture(limits.keptOutputBytes);
  let why = "exit" as Ended["why"];
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const endFor = (reason: Ended["why"]) => {
    if (why === "exit") why = reason;
    stop();
  };
  const countOutput = () => {
    if (stdout.totalBytes() + stderr.totalBytes() > limits.outputBytes) endFor("output-limit");
  };
  const startedMs = performance.now();
  const execution = await startExec({
    container,
    // The input files come first on the same stream; what follows them is the command's own.
    command: ["bash", "-c", UNPACK_AND_RUN, "run", String(inputs.length), ...spec.command],
    user: CASE_USER,
    env: toEnv(spec.env),
    workingDir: "/work",
    stdin: Buffer.concat([inputs, spec.stdin]),
    onStdout: (chunk) => (stdout.push(chunk), countOutput()),
    onStderr: (chunk) => (stderr.push(chunk), countOutput()),
  });
  const timer = setTimeout(() => endFor("timeout"), limits.timeoutMs);
  const onAbort = () => endFor("cancelled");
  spec.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const first = await Promise.race([execution.ended, stopped.then(() => undefined)]);
    const exitCode = first ?? (await endByForce(container, execution));
    const durationMs = Math.round(performance.now() - startedMs);
    const notes = why === "output-limit" ? [`It was ended after ${limits.outputBytes} bytes.`] : [];
    return { stdout: stdout.take(), stderr: stderr.take(), durationMs, exitCode, why, notes };
  } finally {
    clearTimeout(timer);
    spec.signal?.removeEventListener("abort", onAbort);
  }
}

const UNPACK_AND_RUN = `n=$1; shift
if [ "$n" -gt 0 ]; then head -c "$n" | tar -x -f - -C /work --no-same-owner || exit 125; fi
exec "$@"`;

function toEnv(own: Readonly<Record<string, string>>): string[] {
  const all = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: "/home",
    LANG: "C.UTF-8",
    SKILL_DIR: "/skill",
    ...own,
  };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

/** A container whose processes fill it leaves no room for the one that ends them: then all of it is killed. */
async function endByForce(
  container: Container,
  execution: Awaited<ReturnType<typeof startExec>>,
): Promise<number | null> {
  const isOver = within("ending a case", GRACE_MS + 3_000, execution.ended);
  await endCase(container, GRACE_MS).catch(() => undefined);
  try {
    return await isOver;
  } catch {
    await within("killing a container", COLLECT_MS, container.kill()).catch(() => undefined);
    execution.abandon();
    return null;
  }
}

/** What is left in the container; null when it had to be killed and nothing can be asked of it. */
export type Left = {
  readonly files: readonly Artifact[];
  readonly usage: Usage;
  readonly notes: readonly string[];
};

/** Ends what still runs and takes out of /work what is there, with what was used. */
export async function collect(container: Container, limits: Limits): Promise<Left> {
  const outputs = unpackOutputs({ ...limits, artifacts: limits.artifacts + 1 });
  const told: Buffer[] = [];
  const script = `${END_AND_TELL}
cd /work && find . -xdev -mindepth 1 -print0 2>/dev/null | head -z -n ${limits.artifacts + 1} |
  tar -c -f - --null --no-recursion --ignore-failed-read -T - 2>/dev/null`;
  const state = await within("looking at a container", COLLECT_MS, container.inspect());
  if (!state.State.Running) return GONE;
  const execution = await startExec({
    container,
    command: ["bash", "-c", script],
    user: CASE_USER,
    onStdout: (chunk) => {
      if (!outputs.push(chunk)) execution.abandon();
    },
    onStderr: (chunk) => void (told.length < 16 && told.push(Buffer.from(chunk))),
  });
  // Abandoned once it holds more than is taken.
  await within("taking the files out", COLLECT_MS, execution.ended).catch(() => undefined);
  const { files, notes } = await outputs.end();
  const usage = parseUsage(Buffer.concat(told).toString("latin1"));
  const isMore = files.length > limits.artifacts;
  const more = isMore ? [`More than ${limits.artifacts} files were left in /work.`] : [];
  return { files: files.slice(0, limits.artifacts), usage, notes: [...notes, ...more] };
}

const GONE: Left = {
  files: [],
  usage: { peakMemoryBytes: null, cpuMs: null, oomKills: 0 },
  notes: ["It could not be ended in peace: the whole container was killed, and its files with it."],
};

const SIGNALS: Readonly<Partial<Record<number, string>>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
  24: "SIGXCPU",
  25: "SIGXFSZ",
  31: "SIGSYS",
};

/** Puts together how the command ended and what it left. Pure. */
export function toResult(ended: Ended, left: Left): RunResult {
  const { exitCode, why, stdout, stderr, durationMs } = ended;
  const signal = exitCode !== null && exitCode > 128 ? (SIGNALS[exitCode - 128] ?? null) : null;
  const byWhy: Readonly<Partial<Record<Ended["why"], End>>> = {
    timeout: "timeout",
    "output-limit": "output-limit",
  };
  const isOom = signal === "SIGKILL" && left.usage.oomKills > 0;
  const end: End = byWhy[why] ?? (isOom ? "oom" : signal === null ? "exit" : "signal");
  return {
    kind: "ran",
    end,
    exitCode: why === "exit" ? exitCode : null,
    signal,
    stdout,
    stderr,
    files: left.files,
    notes: [...ended.notes, ...left.notes],
    durationMs,
    ...left.usage,
  };
}
