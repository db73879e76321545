import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Limits } from "./types.ts";
import { parseUsage, UNKNOWN_USAGE, type Usage } from "./usage.ts";

const ROOT = "/sys/fs/cgroup";
const TRIES = 40;
const PAUSE_MS = 25;

export type OwnCgroup = {
  readonly version: 1 | 2;
  /** A process that writes its number into each of these files is inside. */
  readonly doors: readonly string[];
  usage(): Usage;
  remove(): Promise<void>;
};

/** Makes a cgroup with limits of memory and processes; undefined where this process may not, or cannot. */
export function makeCgroup(
  name: string,
  { memoryBytes, pids }: Pick<Limits, "memoryBytes" | "pids">,
): OwnCgroup | undefined {
  const version = existsSync(join(ROOT, "cgroup.controllers")) ? 2 : 1;
  const folders =
    version === 2 ? [join(ROOT, name)] : [join(ROOT, "memory", name), join(ROOT, "pids", name)];
  const [memory = "", processes = memory] = folders;
  const limits =
    version === 2
      ? { "memory.max": memoryBytes, "memory.swap.max": 0 }
      : { "memory.limit_in_bytes": memoryBytes };
  try {
    for (const folder of folders) mkdirSync(folder);
    for (const [file, value] of Object.entries(limits))
      writeFileSync(join(memory, file), `${value}`);
    writeFileSync(join(processes, "pids.max"), `${pids}`);
  } catch {
    for (const folder of folders) removeFolder(folder);
    return undefined;
  }
  return {
    version,
    doors: folders.map((folder) => join(folder, "cgroup.procs")),
    usage: () => readAll(memory, version),
    async remove() {
      for (let tries = 0; tries < TRIES && folders.some((one) => !removeFolder(one)); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    },
  };
}

function readAll(memory: string, version: 1 | 2): Usage {
  const files =
    version === 2
      ? ["memory.peak", "cpu.stat", "memory.events"]
      : ["memory.max_usage_in_bytes", "memory.oom_control"];
  try {
    const present = files.filter((file) => existsSync(join(memory, file)));
    return parseUsage(present.map((file) => readFileSync(join(memory, file), "utf8")).join("\n"));
  } catch {
    return UNKNOWN_USAGE;
  }
}

/** Whether it is gone; one with a dying process in it cannot be removed yet. */
function removeFolder(folder: string): boolean {
  try {
    if (existsSync(folder)) rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
