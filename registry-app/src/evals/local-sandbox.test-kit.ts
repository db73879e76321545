import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Artifact, Captured, Isolation, RunResult, RunSpec, Sandbox } from "@assay/sandbox";
import { decodeUstar } from "../blobs/index.ts";

export const LOCAL_ISOLATION: Isolation = {
  kind: "bubblewrap",
  engine: "local processes",
  image: "sha256:0",
  seccomp: "",
  cgroup: 2,
  runner: "test",
};

/** Runs a test's own commands as processes of this machine, in a folder each. It isolates nothing. */
export function openLocalSandbox(onRun: (spec: RunSpec) => void = () => undefined): Sandbox {
  return {
    isolation: LOCAL_ISOLATION,
    async run(spec) {
      onRun(spec);
      if (spec.signal?.aborted === true) return { kind: "cancelled" };
      const root = await mkdtemp(join(tmpdir(), "assay-evals-"));
      try {
        return await runIn(root, spec);
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    },
    openSession: async () => ({ kind: "errored", because: "there are no sessions here" }),
    reap: async () => 0,
    close: async () => undefined,
  };
}

async function runIn(root: string, spec: RunSpec): Promise<RunResult> {
  const [skill, work] = [join(root, "skill"), join(root, "work")];
  await mkdir(skill);
  await mkdir(work);
  for (const { path, bytes } of spec.skill === null ? [] : decodeUstar(spec.skill))
    await put(join(skill, path), bytes, false);
  for (const { path, content, isExecutable } of spec.inputs)
    await put(join(work, path), content, isExecutable);
  const [command = "", ...args] = spec.command;
  const startedMs = performance.now();
  // With a home of its own: bash on a socket reads ~/.bashrc, and what stands there is the machine's.
  const env = { PATH: process.env["PATH"], HOME: root, SKILL_DIR: skill, ...spec.env };
  const child = spawn(command, args, { cwd: work, env, detached: true });
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, spec.limits.timeoutMs);
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out?.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err?.push(chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(spec.stdin);
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("error", () => resolve({ code: 127, signal: null }));
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  clearTimeout(timer);
  return {
    kind: "ran",
    end: isOver ? "timeout" : ended.signal === null ? "exit" : "signal",
    exitCode: ended.code,
    signal: ended.signal,
    stdout: toCaptured(out ?? []),
    stderr: toCaptured(err ?? []),
    files: await listFiles(work),
    notes: [],
    durationMs: performance.now() - startedMs,
    cpuMs: null,
    peakMemoryBytes: null,
    oomKills: 0,
  };
}

async function put(path: string, bytes: Uint8Array, isExecutable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  if (isExecutable) await chmod(path, 0o755);
}

function toCaptured(chunks: readonly Buffer[]): Captured {
  const bytes = Buffer.concat(chunks);
  return { bytes, totalBytes: bytes.length, isTruncated: false };
}

async function listFiles(work: string): Promise<readonly Artifact[]> {
  const entries = await readdir(work, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const [content, { mode, size }] = await Promise.all([readFile(path), stat(path)]);
        const facts = { kind: "file", target: null, mode, sizeBytes: size, content } as const;
        return { path: relative(work, path), ...facts };
      }),
  );
}
