import type { Container } from "dockerode";
import { statusOf, within, type Engine } from "./engine.ts";
import { say } from "./exec.ts";
import { CASE_USER, toContainer, type ContainerWish } from "./limits.ts";

const ENGINE_MS = 30_000;
const NO_SUCH = 404;
const BEING_REMOVED = 409;

/** Makes and starts a container that does nothing yet. Leaves none behind when that fails. */
export async function openContainer(engine: Engine, wish: ContainerWish): Promise<Container> {
  const container = await within(
    "making a container",
    ENGINE_MS,
    engine.createContainer(toContainer(wish)),
  );
  try {
    await within("starting a container", ENGINE_MS, container.start());
    return container;
  } catch (cause) {
    await removeContainer(container);
    throw cause;
  }
}

/** Removes a container with everything in it; one that is gone already is fine. */
export async function removeContainer(container: Container): Promise<void> {
  try {
    await within("removing a container", ENGINE_MS, container.remove({ force: true, v: true }));
  } catch (cause) {
    const status = statusOf(cause);
    if (status !== NO_SUCH && status !== BEING_REMOVED) throw cause;
  }
}

/** Lays the skill into /skill. Root does it, without a capability, so that the case cannot change it. */
export async function layIn(container: Container, skill: Uint8Array): Promise<void> {
  const command = [
    "tar",
    "-x",
    "-f",
    "-",
    "-C",
    "/skill",
    "--no-same-owner",
    "--no-same-permissions",
  ];
  const wish = { container, command, user: "0:0", stdin: skill };
  const { exitCode, stderr } = await say(wish, { limitMs: ENGINE_MS });
  if (exitCode !== 0)
    throw new Error(`the skill could not be laid into the sandbox: ${stderr.toString("utf8")}`);
}

// In one line for each: peak memory in bytes, CPU in nanoseconds, kills for want of memory. First as cgroup v1 has
// them, then v2.
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

/** The script that ends whatever the case left running and then tells what was used, on stderr. */
export const END_AND_TELL = `kill -KILL -1 2>/dev/null; { ${USAGE}\n} >&2`;

/** Reads what `END_AND_TELL` told. Pure. */
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

/** Ends everything of the case: kindly, and after a moment not. */
export async function endCase(container: Container, graceMs: number): Promise<void> {
  const seconds = (graceMs / 1_000).toFixed(3);
  const script = `kill -TERM -1; sleep ${seconds}; kill -KILL -1`;
  const wish = { container, command: ["bash", "-c", script], user: CASE_USER };
  await say(wish, { limitMs: graceMs + 3_000 });
}
