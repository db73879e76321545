import { spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { NOTHING_LEFT, toScript, type Left } from "./collect.ts";
import { packInputs } from "./files-in.ts";
import { unpackOutputs } from "./files-out.ts";
import { guarded } from "./guarded.ts";
import { DEFAULT_LIMITS, RUNNER } from "./limits.ts";
import { makeCgroup, type OwnCgroup } from "./own-cgroup.ts";
import { captureStreams, toEnv, toResult, watchOver, type Ended } from "./run.ts";
import type { Isolation, Limits, Opening, RunResult, RunSpec, Sandbox } from "./types.ts";
import { UNKNOWN_USAGE } from "./usage.ts";

const PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * Runs an author's own skill on the author's machine without Docker, when that is asked for. Weaker than a container:
 * the host's programs are inside, system calls are not filtered, and without a cgroup of its own each process is limited
 * alone. Never for a verdict of the registry.
 */
export async function openBubblewrap(): Promise<Opening> {
  const asked = spawnSync("bwrap", ["--version"], { encoding: "utf8" });
  if (asked.status !== 0) {
    const because = "bubblewrap is not installed";
    return { kind: "unavailable", because, remedy: "apt-get install bubblewrap, or start Docker." };
  }
  const cgroup = makeCgroup(nameCgroup(), DEFAULT_LIMITS);
  await cgroup?.remove();
  if (cgroup === undefined && process.getuid?.() === 0) {
    const because = "as root, bubblewrap limits neither processes nor memory without a cgroup";
    return { kind: "unavailable", because, remedy: "Run it as a normal user, or start Docker." };
  }
  const weaker = cgroup === undefined ? ", each process limited alone" : "";
  const isolation: Isolation = {
    kind: "bubblewrap",
    engine: `${asked.stdout.trim()}, weaker than a container${weaker}`,
    image: digestHost(),
    seccomp: "none",
    cgroup: cgroup?.version ?? 2,
    runner: RUNNER,
  };
  const run = (spec: RunSpec) => guarded(async () => runWrapped(spec));
  const tried = await run({
    id: "try",
    skill: null,
    inputs: [],
    command: ["true"],
    stdin: Buffer.alloc(0),
    env: {},
    limits: DEFAULT_LIMITS,
  });
  if (tried.kind === "ran" && tried.exitCode === 0)
    return { kind: "ready", sandbox: toSandbox(isolation, run) };
  const because = `bubblewrap cannot run a command here: ${tried.kind === "errored" ? tried.because : "it failed"}`;
  return { kind: "unavailable", because, remedy: "Allow user namespaces, or start Docker." };
}

function toSandbox(isolation: Isolation, run: Sandbox["run"]): Sandbox {
  const because = "several commands in one sandbox need Docker";
  return {
    isolation,
    run,
    openSession: async () => ({ kind: "errored", because }),
    reap: async () => 0,
    close: async () => undefined,
  };
}

const nameCgroup = () => `assay-${process.pid}-${randomUUID()}`;

/** Stands for the programs of the host: its release and the versions of its packages. */
function digestHost(): string {
  const hash = createHash("sha256");
  for (const file of ["/etc/os-release", "/var/lib/dpkg/status"])
    if (existsSync(file)) hash.update(readFileSync(file));
  return `sha256:${hash.digest("hex")}`;
}

async function runWrapped(spec: RunSpec): Promise<RunResult> {
  if (spec.signal?.aborted === true) return { kind: "cancelled" };
  const inputs = await packInputs(spec.inputs);
  const cgroup = makeCgroup(nameCgroup(), spec.limits);
  if (cgroup === undefined && process.getuid?.() === 0)
    throw new Error("no cgroup could be made for the run");
  try {
    const { ended, left } = await runOnce(spec, inputs, cgroup);
    if (ended.why === "cancelled") return { kind: "cancelled" };
    if (!ended.isStarted) {
      const said = Buffer.from(ended.stderr.bytes.subarray(0, 500)).toString("utf8");
      throw new Error(`the command could not be started: ${said}`);
    }
    return toResult(ended, { ...left, usage: cgroup?.usage() ?? UNKNOWN_USAGE });
  } finally {
    await cgroup?.remove();
  }
}

async function runOnce(
  spec: RunSpec,
  inputs: Buffer,
  cgroup: OwnCgroup | undefined,
): Promise<{ readonly ended: Ended; readonly left: Left }> {
  const { limits } = spec;
  const skill = spec.skill ?? Buffer.alloc(0);
  const sizes = [skill, inputs, spec.stdin].map(({ length }) => String(length));
  const child = spawn("bash", toArguments(spec, sizes, cgroup), {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { PATH },
    detached: true,
  });
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const captured = captureStreams(limits);
  const watch = watchOver(spec);
  void watch.stopped.then(kill);
  const outputs = unpackOutputs(limits);
  const checkOutput = () => captured.isFull() && watch.endFor("output-limit");
  child.stdout?.on("data", (chunk: Buffer) => {
    watch.begin();
    captured.stdout.push(captured.isMarked() ? chunk : captured.unmark(chunk));
    checkOutput();
  });
  child.stderr?.on("data", (chunk: Buffer) => (captured.stderr.push(chunk), checkOutput()));
  const files = child.stdio[3] as Readable;
  files.on("data", (chunk: Buffer) => void (outputs.push(chunk) || files.destroy()));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(Buffer.concat([skill, inputs, spec.stdin]));
  const [code] = (await once(child, "close")) as [number | null];
  watch.close();
  const why = watch.why();
  const isKilled = why !== "exit";
  const notes = why === "output-limit" ? [`It was ended after ${limits.outputBytes} bytes.`] : [];
  const streams = { stdout: captured.stdout.take(), stderr: captured.stderr.take() };
  const took = { durationMs: watch.elapsedMs(), isStarted: captured.isMarked() };
  const ended = { ...streams, ...took, exitCode: code, why, isKilled, notes };
  const left = { usage: UNKNOWN_USAGE, ...(await outputs.end()) };
  return { ended, left: isKilled ? NOTHING_LEFT : left };
}

const LAUNCH = `doors=$1; file=$2; memory=$3; pids=$4; shift 4
for door in $doors; do echo $$ >"$door" || exit 125; done
ulimit -c 0 -n 1024 -f "$file" || exit 125
if [ -z "$doors" ]; then ulimit -v "$memory" -u "$pids" || exit 125; fi
exec bwrap "$@"`;

const unpackAndRun = (artifacts: number) => `s=$1; n=$2; m=$3; shift 3
if [ "$s" -gt 0 ]; then head -c "$s" | tar -x -f - -C /skill --no-same-owner && chmod -R a-w /skill || exit 125; fi
if [ "$n" -gt 0 ]; then head -c "$n" | tar -x -f - -C /work --no-same-owner || exit 125; fi
head -c "$m" >/tmp/stdin && exec </tmp/stdin && rm -f /tmp/stdin || exit 125
printf R
"$@" 3>&-
code=$?
{ ${toScript(artifacts)}; } >&3
exit $code`;

function toArguments(
  { limits, env, command }: RunSpec,
  sizes: readonly string[],
  cgroup: OwnCgroup | undefined,
): string[] {
  const inside = ["bash", "-c", unpackAndRun(limits.artifacts), "run", ...sizes, ...command];
  return [
    "-c",
    LAUNCH,
    "launch",
    cgroup?.doors.join(" ") ?? "",
    ...toUlimits(limits),
    ..."--unshare-all --unshare-user --disable-userns --uid 10001 --gid 10001".split(" "),
    ..."--die-with-parent --new-session --cap-drop ALL --hostname sandbox --clearenv".split(" "),
    ...toEnv(env).flatMap((one) => {
      const at = one.indexOf("=");
      return ["--setenv", one.slice(0, at), one.slice(at + 1)];
    }),
    ..."--ro-bind /usr /usr --ro-bind-try /etc/alternatives /etc/alternatives".split(" "),
    ...["/bin", "/lib", "/lib64", "/sbin"].flatMap(toMount),
    ..."--proc /proc --dev /dev".split(" "),
    ...Object.entries({ "/work": 1, "/skill": 1, "/tmp": 4, "/home": 4 }).flatMap(
      ([path, part]) => ["--size", String(Math.floor(limits.diskBytes / part)), "--tmpfs", path],
    ),
    "--chdir",
    "/work",
    "--",
    ...inside,
  ];
}

function toUlimits({ fileBytes, memoryBytes, pids }: Limits): string[] {
  return [String(Math.floor(fileBytes / 1024)), String(Math.floor(memoryBytes / 1024)), `${pids}`];
}

/** A folder that is a link on this host is the same link inside. */
function toMount(path: string): string[] {
  if (!existsSync(path)) return [];
  const isLink = lstatSync(path).isSymbolicLink();
  return isLink ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
}
