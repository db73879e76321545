import type { Container } from "dockerode";
import { say } from "./exec.ts";

const USAGE_MS = 15_000;
/** From here on a status says that the command itself could not be run, or was killed. */
const NOT_RUN = 126;

// As cgroup v1 has them, then v2; of each pair one is there.
const FILES = [
  "memory/memory.max_usage_in_bytes",
  "memory.peak",
  "cpuacct/cpuacct.usage",
  "cpu.stat",
  "memory/memory.oom_control",
  "memory.events",
].map((file) => `/sys/fs/cgroup/${file}`);

/** What the container has used so far. */
export type Usage = {
  readonly peakMemoryBytes: number | null;
  readonly cpuMs: number | null;
  readonly oomKills: number;
};

export const UNKNOWN_USAGE: Usage = { peakMemoryBytes: null, cpuMs: null, oomKills: 0 };

/**
 * Reads what was used. Root does it, without a capability: a process that the case left running may write into the
 * memory of others of its own user, and would be believed. Undefined when the case leaves no room for it.
 */
export async function readUsage(container: Container): Promise<Usage | undefined> {
  const wish = { container, command: ["cat", ...FILES], user: "0:0" };
  const { exitCode, stdout } = await say(wish, { limitMs: USAGE_MS });
  return exitCode < NOT_RUN ? parseUsage(stdout.toString("latin1")) : undefined;
}

/** Reads the files one after the other: a number alone is the peak, then CPU in nanoseconds. Pure. */
export function parseUsage(text: string): Usage {
  const alone: number[] = [];
  const named = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [first = "", second] = line.trim().split(" ");
    if (second !== undefined) named.set(first, toNumber(second));
    else if (first !== "") alone.push(toNumber(first));
  }
  const [peak = Number.NaN, cpuNs = (named.get("usage_usec") ?? Number.NaN) * 1_000] = alone;
  const known = (value: number) => (Number.isFinite(value) && value >= 0 ? value : null);
  return {
    peakMemoryBytes: known(peak),
    cpuMs: known(Math.round(cpuNs / 1e6)),
    oomKills: known(named.get("oom_kill") ?? 0) ?? 0,
  };
}

const toNumber = (text: string) => (/^\d{1,20}$/.test(text) ? Number(text) : Number.NaN);
