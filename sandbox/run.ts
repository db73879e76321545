import type { Container } from "dockerode";
import { collect, NOTHING_LEFT, type Left } from "./collect.ts";
import { endCase, layIn } from "./container.ts";
import { within } from "./engine.ts";
import { startExec, type Execution } from "./exec.ts";
import { packInputs } from "./files-in.ts";
import { CASE_USER } from "./limits.ts";
import { createCapture } from "./output.ts";
import type { End, Limits, RunResult, RunSpec } from "./types.ts";

/** Between being asked to end and being made to. */
const GRACE_MS = 200;
/** For laying the input in, before the command starts. */
const SETUP_MS = 20_000;
const KILL_MS = 15_000;

type Command = Pick<RunSpec, "command" | "stdin" | "env" | "signal"> & { readonly limits: Limits };
type Ran = Extract<RunResult, { kind: "ran" }>;
/** What came of the command before the container was looked at. */
export type Ended = Pick<Ran, "stdout" | "stderr" | "durationMs" | "notes"> & {
  readonly exitCode: number | null;
  readonly why: Why;
  /** False when the input could not be laid in, so that the command never began. */
  readonly isStarted: boolean;
  /** Whether the container had to be killed with everything in it. */
  readonly isKilled: boolean;
};
type Why = "exit" | "timeout" | "output-limit" | "cancelled";

/** Runs the whole of a spec in a container that nobody has used before. Throws only what is the engine's fault. */
export async function runInside(container: Container, spec: RunSpec): Promise<RunResult> {
  if (spec.signal?.aborted === true) return { kind: "cancelled" };
  const inputs = spec.inputs.length === 0 ? Buffer.alloc(0) : await packInputs(spec.inputs);
  const laid = spec.skill === null ? undefined : layIn(container, spec.skill);
  const ended = await runCommand(container, spec, inputs, laid).catch(async (cause: unknown) => {
    // Where the skill could not be laid in, that is the reason.
    await laid;
    throw cause;
  });
  if (ended.why === "cancelled") return { kind: "cancelled" };
  if (!ended.isStarted) {
    const said = Buffer.from(ended.stderr.bytes.subarray(0, 500)).toString("utf8");
    throw new Error(`the input could not be laid into the sandbox: ${said}`);
  }
  return toResult(ended, ended.isKilled ? NOTHING_LEFT : await collect(container, spec.limits));
}

/** Runs one command as the case's user, and ends it when it takes too long, says too much or is no longer wanted. */
export async function runCommand(
  container: Container,
  spec: Command,
  inputs: Buffer,
  ready?: Promise<void>,
): Promise<Ended> {
  const { limits } = spec;
  const captured = captureStreams(limits);
  const watch = watchOver(spec);
  // A byte to wait for, where something has to be ready first; the container's program starts meanwhile.
  const go = Buffer.alloc(ready === undefined ? 0 : 1, "\n");
  const sent = Buffer.concat([go, inputs, spec.stdin]);
  const input = ready === undefined ? sent : ready.then(() => sent);
  // Its failure is told by who waits for the command.
  if (input instanceof Promise) input.catch(() => undefined);
  const sizes = [go, inputs, spec.stdin].map(({ length }) => String(length));
  try {
    const execution = await startExec({
      container,
      // The input files come first on the same stream; what follows them is the command's own.
      command: ["bash", "-c", UNPACK_AND_RUN, "run", ...sizes, ...spec.command],
      user: CASE_USER,
      env: toEnv(spec.env),
      workingDir: "/work",
      ...(sent.length === 0 ? {} : { stdin: input }),
      onStdout: (chunk) => {
        watch.begin();
        // The first byte is ours and says that the command starts.
        captured.stdout.push(captured.isMarked() ? chunk : captured.unmark(chunk));
        if (captured.isFull()) watch.endFor("output-limit");
      },
      onStderr: (chunk) => {
        captured.stderr.push(chunk);
        if (captured.isFull()) watch.endFor("output-limit");
      },
    });
    const first = await waitFor(execution, watch);
    const end = first ?? (await endByForce(container, execution, watch.why()));
    const notes =
      watch.why() === "output-limit" ? [`It was ended after ${limits.outputBytes} bytes.`] : [];
    return {
      stdout: captured.stdout.take(),
      stderr: captured.stderr.take(),
      durationMs: watch.elapsedMs(),
      why: watch.why(),
      isStarted: captured.isMarked(),
      notes,
      ...end,
    };
  } finally {
    watch.close();
  }
}

/** Keeps both streams within the limits; the first byte of stdout is ours. */
export function captureStreams({ keptOutputBytes, outputBytes }: Limits) {
  const stdout = createCapture(keptOutputBytes);
  const stderr = createCapture(keptOutputBytes);
  let isMarked = false;
  return {
    stdout,
    stderr,
    isMarked: () => isMarked,
    unmark: (chunk: Buffer) => {
      isMarked = true;
      return chunk.subarray(1);
    },
    isFull: () => stdout.totalBytes() + stderr.totalBytes() > outputBytes,
  };
}

/** Remembers the first reason to end a command, and tells who waits. */
export function watchOver({ limits, signal }: Command) {
  let why: Why = "exit";
  let beganMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const began = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const endFor = (reason: Why) => {
    if (why === "exit") why = reason;
    stopped.resolve();
  };
  const onAbort = () => endFor("cancelled");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  return {
    why: () => why,
    began: began.promise,
    stopped: stopped.promise,
    endFor,
    begin: () => {
      if (beganMs !== undefined) return;
      beganMs = performance.now();
      timer = setTimeout(() => endFor("timeout"), limits.timeoutMs);
      began.resolve();
    },
    elapsedMs: () => (beganMs === undefined ? 0 : Math.round(performance.now() - beganMs)),
    close: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

type Watch = ReturnType<typeof watchOver>;
type ByItself = { readonly exitCode: number | null; readonly isKilled: boolean };

/** How the command ended by itself; undefined when it has to be ended. */
async function waitFor(execution: Execution, watch: Watch): Promise<ByItself | undefined> {
  const stopped = watch.stopped.then(() => undefined);
  const ended = execution.ended.then((exitCode) => ({ exitCode, isKilled: false }));
  const begun = Promise.race([watch.began, stopped, ended]);
  try {
    await within("laying the input in", SETUP_MS, begun);
    return await Promise.race([ended, stopped]);
  } catch (cause) {
    execution.abandon();
    throw cause;
  }
}

// All of the input is read before the command starts: one that ends without reading would break the stream, and with
// it our sight of how it ended.
const UNPACK_AND_RUN = `g=$1; n=$2; m=$3; shift 3
if [ "$g" -gt 0 ]; then read -r || exit 125; fi
if [ "$n" -gt 0 ]; then head -c "$n" | tar -x -f - -C /work --no-same-owner || exit 125; fi
if [ "$m" -gt 0 ]; then
  head -c "$m" >/dev/shm/stdin || exit 125
  exec </dev/shm/stdin; rm -f /dev/shm/stdin
else exec </dev/null; fi
printf R
exec "$@"`;

/** What a command finds in its environment. */
export function toEnv(own: Readonly<Record<string, string>>): string[] {
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
async function endByForce(container: Container, execution: Execution, why: Why): Promise<ByItself> {
  if (why === "cancelled") {
    execution.abandon();
    return { exitCode: null, isKilled: false };
  }
  if (await endCase(container, GRACE_MS)) {
    try {
      const exitCode = await within("ending a case", KILL_MS, execution.ended);
      return { exitCode, isKilled: false };
    } catch {
      // Then all of it has to go.
    }
  }
  execution.abandon();
  await within("killing a container", KILL_MS, container.kill());
  return { exitCode: null, isKilled: true };
}

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
