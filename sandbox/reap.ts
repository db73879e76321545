import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { removeContainer } from "./container.ts";
import { within, type Engine } from "./engine.ts";
import { LABELS } from "./limits.ts";

const ENGINE_MS = 30_000;

/** Names this process so that another can tell whether it still lives: where it is, its number and when it began. */
export function nameOwner(): string {
  return `${place()}:${process.pid}:${startOf(process.pid) ?? "unknown"}`;
}

/** Numbers of processes mean something on one machine, within one space of such numbers. */
function place(): string {
  try {
    return `${hostname()}/${readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "")}`;
  } catch {
    return hostname();
  }
}

/** When a process began, in ticks since the machine did; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Whether an owner is surely gone; of one elsewhere nobody here can say. */
export function isOwnerGone(owner: string): boolean {
  const [where, pid, start] = owner.split(":");
  if (where !== place() || !/^\d+$/.test(pid ?? "") || start === "unknown") return false;
  return startOf(Number(pid)) !== start;
}

/**
 * Removes every container of a sandbox whose owner is gone, or whose deadline has passed: what a process that was
 * killed has left. Gives how many.
 */
export async function reap(engine: Engine, now: Date): Promise<number> {
  const filters = { label: [LABELS.owner] };
  const all = await within(
    "listing containers",
    ENGINE_MS,
    engine.listContainers({ all: true, filters }),
  );
  const lost = all.filter(({ Labels }) => {
    const deadline = Date.parse(Labels[LABELS.deadline] ?? "");
    return !(deadline > now.getTime()) || isOwnerGone(Labels[LABELS.owner] ?? "");
  });
  await Promise.all(lost.map(({ Id }) => removeContainer(engine.getContainer(Id))));
  return lost.length;
}
