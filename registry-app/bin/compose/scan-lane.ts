import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { createFrameReader, toFrame } from "./scan-frames.ts";

/** What became of one question to a scan process. */
export type LaneAnswer =
  | { readonly kind: "answered"; readonly body: Buffer }
  /** It took longer than it may, and was killed. */
  | { readonly kind: "late" }
  | { readonly kind: "died"; readonly because: string };

export type Lane = {
  /** The first message of the process: who it is. */
  readonly hello: Promise<LaneAnswer>;
  /** One question at a time. */
  ask(frames: readonly Uint8Array[], deadlineMs: number): Promise<LaneAnswer>;
  isGone(): boolean;
  kill(): Promise<void>;
};

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENTRY = fileURLToPath(new URL("./scan-process.ts", import.meta.url));
const MAX_OUT_BYTES = 32 * 1024 * 1024;
const START_MS = 60_000;
const STDERR_KEPT = 2_000;

/**
 * Node's own permission model: this project may be read; nothing may be written, no program or thread be started. Native
 * addons may be loaded, as YARA-X is one. It does not shut the network off; the code that runs there opens none, and
 * nothing of a skill is ever run.
 */
const FLAGS = [
  "--no-warnings",
  "--permission",
  `--allow-fs-read=${ROOT}*`,
  "--allow-addons",
  "--disallow-code-generation-from-strings",
  // Of a skill's 50 MiB, views and trees are made; what lies outside of this heap is bounded by the caps of the scan.
  "--max-old-space-size=768",
];

/** Starts one scan process, without any variable of our environment. */
export function startLane(entry = ENTRY): Lane {
  const child = spawn(process.execPath, [...FLAGS, entry], {
    env: {},
    cwd: ROOT,
    // A group of its own: Ctrl-C at the terminal is not for it, and a kill takes all of it.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stderr = keepTail(child);
  let waiting: ((answer: LaneAnswer) => void) | undefined;
  let isGone = false;
  const settle = (answer: LaneAnswer) => {
    const answerTo = waiting;
    waiting = undefined;
    answerTo?.(answer);
  };
  const kill = () => {
    isGone = true;
    child.kill("SIGKILL");
  };
  const read = createFrameReader(MAX_OUT_BYTES, (body) => settle({ kind: "answered", body }));
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (cause) {
      kill();
      settle({ kind: "died", because: cause instanceof Error ? cause.message : String(cause) });
    }
  });
  // A broken pipe is followed by `close`, which knows how it ended.
  child.stdin.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    const end = (because: string) => {
      isGone = true;
      settle({ kind: "died", because });
      resolve();
    };
    child.on("error", (cause) => end(cause.message));
    child.on("close", (code, signal) => end(sayEnd(signal ?? `code ${code}`, stderr())));
  });
  const wait = async (deadlineMs: number): Promise<LaneAnswer> => {
    if (isGone) return { kind: "died", because: "the process is gone" };
    const { promise, resolve } = Promise.withResolvers<LaneAnswer>();
    waiting = resolve;
    const timer = setTimeout(() => {
      kill();
      settle({ kind: "late" });
    }, deadlineMs);
    return promise.finally(() => clearTimeout(timer));
  };
  return {
    hello: wait(START_MS),
    ask(frames, deadlineMs) {
      const answer = wait(deadlineMs);
      if (!isGone) for (const frame of frames) child.stdin.write(toFrame(frame));
      return answer;
    },
    isGone: () => isGone,
    kill: async () => {
      kill();
      await closed;
    },
  };
}

function keepTail(child: ChildProcessByStdio<Writable, Readable, Readable>): () => string {
  let tail = "";
  child.stderr.on("data", (chunk: Buffer) => {
    tail = `${tail}${chunk.toString("utf8")}`.slice(-STDERR_KEPT);
  });
  return () => tail;
}

function sayEnd(how: string, stderr: string): string {
  const said = stderr.trim().split("\n").slice(-3).join(" ");
  return `it ended with ${how}${said === "" ? "" : `: ${said}`}`;
}

/** What a process said of itself; throws where it did not come that far. */
export function bodyOf(answer: LaneAnswer): Buffer {
  if (answer.kind === "answered") return answer.body;
  const why = answer.kind === "late" ? "it did not answer" : answer.because;
  throw new Error(`the scan process did not start: ${why}`);
}
