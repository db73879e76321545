import type { Shutdown } from "../../src/runtime/index.ts";

/** One wish to stop can arrive twice: from the terminal or service manager, and passed on by who started us. */
const SAME_WISH_MS = 1_000;

/** Ends when a signal came and everything was stopped in order. Asked again later, it does not wait any longer. */
export function untilStopped(shutdown: Shutdown, say: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let askedAtMs: number | undefined;
    const onSignal = () => {
      const nowMs = performance.now();
      if (askedAtMs !== undefined) {
        if (nowMs - askedAtMs > SAME_WISH_MS) process.exit(1);
        return;
      }
      askedAtMs = nowMs;
      say("Stopping ...");
      void shutdown.stop().then(resolve);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  });
}
