import { spawn } from "node:child_process";
import { Readable, Writable } from "node:stream";
import type { GitCall } from "./git-call.ts";

export type GitExit = { readonly code: number | null; readonly signal: string | null };

export type GitChild = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly hookPipes: { readonly fromHook: Readable; readonly toHook: Writable } | undefined;
  /** Settles when git has gone; a git that could not be started has code -1. */
  readonly exited: Promise<GitExit>;
  /** Ends git and all it started: by the end of its input, then asked, then by force. */
  end(): void;
  /** The first 2,000 characters of what it wrote for us. */
  complaint(): string;
};

const FORCE_AFTER_MS = 3_000;
const COMPLAINT_LENGTH = 2_000;

/** Starts git as the head of a process group of its own, so that it ends with all it started. */
export function startGit(
  call: GitCall,
  options: {
    /** Two more pipes, 3 and 4, for hooks that speak. */
    readonly hasHooks: boolean;
    /** How long the end of its input may take to end it: only then does receive-pack remove its quarantine. */
    readonly endOfInputMs: number;
  },
): GitChild {
  const { hasHooks, endOfInputMs } = options;
  const child = spawn("git", call.args, {
    cwd: "/",
    env: call.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe", ...(hasHooks ? (["pipe", "pipe"] as const) : [])],
  });
  const [stdin, stdout, stderr, fromHook, toHook] = child.stdio;
  if (!(stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable)) {
    throw new Error("git was started without its pipes");
  }
  let complaint = "";
  let isEnding = false;
  stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(0, COMPLAINT_LENGTH);
  });
  // A git that stopped reading says why by its exit code; the broken pipe says nothing more.
  stdin.on("error", () => undefined);
  const exited = Promise.withResolvers<GitExit>();
  child.once("exit", (code, signal) => exited.resolve({ code, signal }));
  child.once("error", (cause) => {
    complaint = cause.message;
    exited.resolve({ code: -1, signal: null });
  });
  return {
    stdin,
    stdout,
    hookPipes:
      fromHook instanceof Readable && toHook instanceof Writable ? { fromHook, toHook } : undefined,
    exited: exited.promise,
    end: () => {
      // Once git is gone its number may be another's.
      if (isEnding || child.exitCode !== null || child.signalCode !== null) return;
      isEnding = true;
      stdin.destroy();
      endGroup(child.pid, exited.promise, endOfInputMs);
    },
    complaint: () => complaint,
  };
}

function endGroup(pid: number | undefined, exited: Promise<GitExit>, afterMs: number): void {
  if (pid === undefined) return;
  const asking = setTimeout(() => signalGroup(pid, "SIGTERM"), afterMs);
  const forcing = setTimeout(() => signalGroup(pid, "SIGKILL"), afterMs + FORCE_AFTER_MS);
  void exited.finally(() => {
    clearTimeout(asking);
    clearTimeout(forcing);
    signalGroup(pid, "SIGKILL");
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}
