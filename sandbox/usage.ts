import type { Container } from "dockerode";
import { say } from "./exec.ts";

const USAGE_MS = 15_000;
/** From here on a status says that the command itself could not be run, or was killed. */
const NOT_RUN = 126;

// A line for each: peak memory in bytes, CPU in nanoseconds, kills for want of memory. First as cgroup v1 has them,
// then v2.
const USAGE = `
read_first() { for f; do if [ -r "$f" ]; then cat "$f"; return; fi; done; echo -1; }
cd /sys/fs/cgroup || exit 0
read_first memory/memory.max_usage_in_bytes memory.peak
if [ -r cpuacct/cpuacct.usage ]; then cat cpuacct/cpuacct.usage
elif [ -r cpu.stat ]; then sed -n 's/^usage_usec \\(.*\\)/\\1000/p' cpu.stat
else echo -1; fi
sed -n 's/^oom_kill //p' memory/memory.oom_control memory.events 2>/dev/null | head -n 1`;

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
  const wish = { container, command: ["bash", "-c", USAGE], user: "0:0" };
  const { exitCode, stdout } = await say(wish, { limitMs: USAGE_MS });
  return exitCode < NOT_RUN ? parseUsage(stdout.toString("latin1")) : undefined;
}

/** Reads the three lines. Pure. */
export function parseUsage(text: string): Usage {
  const lines = text.split("\n").map((line) => (line.trim() === "" ? -1 : Number(line)));
  const [peak = -1, cpuNs = -1, kills = 0] = lines;
  const known = (value: number) => (Number.isFinite(value) && value >= 0 ? value : null);
  const ns = known(cpuNs);
  return {
    peakMemoryBytes: known(peak),
    cpuMs: ns === null ? null : Math.round(ns / 1e6),
    oomKills: known(kills) ?? 0,
  };
}
