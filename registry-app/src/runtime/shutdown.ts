import type { Log } from "./log.ts";

export type Shutdown = {
  /**
   * Registers a step; steps run last registered first, so a thing closes before what it stands on. Registered while
   * stopping (somebody pressed Ctrl-C during the start), a step runs at once.
   */
  onStop(name: string, step: () => Promise<void> | void): void;
  /** Runs every step once, each within `timeoutMs`; a failing step is logged and does not keep the others from running. */
  stop(timeoutMs?: number): Promise<void>;
  isStopping(): boolean;
};

type Step = { readonly name: string; readonly run: () => Promise<void> | void };

export function createShutdown(log: Log): Shutdown {
  const steps: Step[] = [];
  let stopping: Promise<void> | undefined;
  const runAll = async (timeoutMs: number) => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await runOne(log, step, timeoutMs);
    }
  };
  return {
    onStop(name, run) {
      steps.push({ name, run });
      if (stopping !== undefined) stopping = stopping.then(() => runAll(STEP_TIMEOUT_MS));
    },
    async stop(timeoutMs = STEP_TIMEOUT_MS) {
      stopping ??= runAll(timeoutMs);
      // What was registered meanwhile is part of it.
      for (let seen: Promise<void> | undefined; seen !== stopping;) {
        seen = stopping;
        await seen;
      }
    },
    isStopping: () => stopping !== undefined,
  };
}

const STEP_TIMEOUT_MS = 10_000;

async function runOne(log: Log, { name, run }: Step, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([Promise.resolve().then(run), expired]);
  } catch (cause) {
    log.error({ step: name, cause }, `stopping ${name} failed`);
  } finally {
    clearTimeout(timer);
  }
}
