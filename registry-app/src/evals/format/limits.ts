import type { Limits } from "@assay/sandbox";
import type { EvalPolicy } from "../../db/index.ts";
import type { LimitsText } from "./schema.ts";
import { saySize, sayTime, toBytes, toMilliseconds } from "./units.ts";

/** What a case may use at most. */
export type LimitPolicy = Pick<EvalPolicy, "maxTimeoutMs" | "maxMemoryBytes" | "maxCpus">;

const MEBIBYTE = 1024 * 1024;

/** What the law gives where it says nothing; an author's own machine uses it too. */
export const DEFAULT_POLICY: LimitPolicy = {
  maxTimeoutMs: 120_000,
  maxMemoryBytes: 512 * MEBIBYTE,
  maxCpus: 2,
};

const FIXED = {
  keptOutputBytes: MEBIBYTE,
  inodes: 4_096,
  fileBytes: 32 * MEBIBYTE,
  artifacts: 200,
  artifactBytes: 16 * MEBIBYTE,
};

// Below these a container does not come up, which would be held for our own fault.
const LEAST = { timeoutMs: 100, memoryBytes: 32 * MEBIBYTE, pids: 16, bytes: MEBIBYTE };

/** The limits of a case within the policy, and in words what was changed of what it asks for. */
export function setLimits(
  asked: LimitsText,
  policy: LimitPolicy,
): { readonly limits: Limits; readonly changed: readonly string[] } {
  const changed: string[] = [];
  const within = (
    name: string,
    wanted: number | undefined,
    [least, usual, most]: readonly [number, number, number],
    say: (value: number) => string,
  ): number => {
    const value = Math.min(Math.max(wanted ?? usual, least), most);
    if (wanted !== undefined && value !== wanted)
      changed.push(`${name} is ${say(wanted)} and becomes ${say(value)}`);
    return value;
  };
  const memoryBytes = within(
    "memory",
    asked.memory === undefined ? undefined : toBytes(asked.memory),
    [LEAST.memoryBytes, 256 * MEBIBYTE, policy.maxMemoryBytes],
    saySize,
  );
  const limits: Limits = {
    ...FIXED,
    timeoutMs: within(
      "timeout",
      asked.timeout === undefined ? undefined : toMilliseconds(asked.timeout),
      [LEAST.timeoutMs, 30_000, policy.maxTimeoutMs],
      sayTime,
    ),
    memoryBytes,
    cpus: within("cpus", asked.cpus, [0.1, 1, policy.maxCpus], String),
    pids: within("pids", asked.pids, [LEAST.pids, 64, 512], String),
    outputBytes: within(
      "output",
      asked.output === undefined ? undefined : toBytes(asked.output),
      [1024, 8 * MEBIBYTE, 64 * MEBIBYTE],
      saySize,
    ),
    // What lies in /work counts against memory too.
    diskBytes: within(
      "disk",
      asked.disk === undefined ? undefined : toBytes(asked.disk),
      [LEAST.bytes, Math.min(64 * MEBIBYTE, memoryBytes / 2), memoryBytes / 2],
      saySize,
    ),
  };
  return { limits, changed };
}
