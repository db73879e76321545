import type { Log } from "./log.ts";

export type Shutdown = {
  /** Registers a step; steps run last registered first, so a thing closes before what it stands on. */
  onStop(name: string, step: () => Promise<void> | void): void;
  /** Runs every step once, each within `timeoutMs`; a failing step is logged and does not keep the others from running. */
  stop(timeoutMs?: number): Promise<void>;
};

export function createShutdown(log: Log): Shutdown {
  const steps: { name: string; step: () => Promise<void> | void }[] = [];
  let stopping: Promise<void> | undefined;
  const runAll = async (timeoutMs: number) => {
    for (const { name, step } of steps.toReversed()) {
      try {
        await within(timeoutMs, async () => step());
      } catch (cause) {
        log.error({ step: name, cause }, `stopping ${name} failed`);
      }
    }
  };
  return {
    onStop: (name, step) => void steps.push({ name, step }),
    stop: (timeoutMs = 10_000) => (stopping ??= runAll(timeoutMs)),
  };
}

async function within(timeoutMs: number, step: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([step(), expired]);
  } finally {
    clearTimeout(timer);
  }
}
