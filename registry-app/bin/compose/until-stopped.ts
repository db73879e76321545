import type { Shutdown } from "../../src/runtime/index.ts";

/** Ends when a signal came and everything was stopped in order. A second signal does not wait any longer. */
export function untilStopped(shutdown: Shutdown, say: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    const onSignal = () => {
      asked += 1;
      if (asked > 1) process.exit(1);
      say("Stopping ...");
      void shutdown.stop().then(resolve);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  });
}
