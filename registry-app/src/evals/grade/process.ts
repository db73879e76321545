import type { RunResult } from "@assay/sandbox";
import type { Expect } from "../format/types.ts";
import { saySize, sayTime } from "../format/units.ts";
import { makeCheck, type Check } from "./check.ts";

export type Ran = Extract<RunResult, { kind: "ran" }>;

/** Holds how a command ended, and what it used, against what its author expects. */
export function gradeProcess(expect: Expect, ran: Ran): readonly Check[] {
  return [checkExit(expect, ran), ...checkInside(ran), ...checkUse(expect, ran)];
}

function checkExit({ exitCodes }: Expect, { end, exitCode, signal }: Ran): Check {
  const expected = exitCodes === "nonzero" ? "not 0" : exitCodes.join(" or ");
  const isRight =
    exitCode !== null && (exitCodes === "nonzero" ? exitCode !== 0 : exitCodes.includes(exitCode));
  return makeCheck("exit code", end === "exit" && isRight, expected, sayEnd(end, exitCode, signal));
}

/** How a command ended, in words. */
export function sayEnd(end: Ran["end"], exitCode: number | null, signal: string | null): string {
  switch (end) {
    case "exit":
      return String(exitCode);
    case "signal":
      return `ended by ${signal ?? "a signal"}`;
    case "timeout":
      return "ended after its time";
    case "oom":
      return "ended for want of memory";
    case "output-limit":
      return "ended for writing too much";
  }
}

/** A child that was killed for memory leaves a parent that may call it success. */
function checkInside({ oomKills, end }: Ran): Check[] {
  if (oomKills === 0 || end === "oom") return [];
  const actual = `${oomKills} of its processes were ended for want of memory`;
  return [makeCheck("stays inside its limits", false, "no process is ended", actual)];
}

// Machines differ and are shared, so that a bound which is missed by less than half of what was used only is told.
const SURE_FACTOR = 2;

function checkUse({ maxDurationMs, maxMemoryBytes }: Expect, ran: Ran): Check[] {
  const checks: Check[] = [];
  if (maxDurationMs !== null)
    checks.push(checkBound("duration", ran.durationMs, maxDurationMs, sayTime));
  if (maxMemoryBytes !== null && ran.peakMemoryBytes !== null)
    checks.push(checkBound("memory", ran.peakMemoryBytes, maxMemoryBytes, saySize));
  return checks;
}

function checkBound(name: string, used: number, bound: number, say: (value: number) => string) {
  const isRequired = used > bound * SURE_FACTOR;
  const expected = `at most ${say(bound)}, and required from ${say(bound * SURE_FACTOR)} on`;
  return makeCheck(name, used <= bound, expected, say(used), { isRequired });
}
