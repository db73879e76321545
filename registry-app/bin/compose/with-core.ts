import { createShutdown, type Config, type Log } from "../../src/runtime/index.ts";
import { openCore, type Core } from "./open-core.ts";

/**
 * Opens the core for the time of `work`, beside a server that runs on the same home or without one, and closes it in
 * order however the work ends.
 */
export async function withCore<T>(
  context: { readonly config: Config; readonly log: Log },
  work: (core: Core) => Promise<T>,
): Promise<T> {
  const shutdown = createShutdown(context.log);
  const onSignal = (signal: NodeJS.Signals) => {
    const code = signal === "SIGINT" ? 130 : 143;
    void shutdown.stop().finally(() => process.exit(code));
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await work(await openCore(context.config, context.log, shutdown));
  } finally {
    await shutdown.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
