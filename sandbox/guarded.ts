import type { RunResult } from "./types.ts";

/** Whatever the engine does wrong is no verdict on the command. */
export async function guarded<T>(
  work: () => Promise<T>,
): Promise<T | Extract<RunResult, { kind: "errored" }>> {
  try {
    return await work();
  } catch (cause) {
    return { kind: "errored", because: messageOf(cause) };
  }
}

/** What went wrong, in its own words. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
