import { createShutdown } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openCheckWorker } from "../compose/open-check-worker.ts";
import { openCore } from "../compose/open-core.ts";
import { requireDatabase } from "../compose/require-database.ts";
import { untilStopped } from "../compose/until-stopped.ts";

/** The process that has versions scanned, beside the worker or several of them. */
export const checkWorker: Command = {
  summary: "run a process that does nothing but scan versions",
  usage: "",
  isService: true,
  help: [
    "",
    "Needs DATABASE_URL and the same ASSAY_HOME as npx assay worker, which scans as well: this one takes",
    "load off it. It never opens the key of the registry log.",
  ],
  async run({ config, log }) {
    requireDatabase(config, "check-worker");
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, (line) => log.info({}, line));
    try {
      await openCheckWorker(await openCore(config, log, shutdown));
      log.info({ home: config.home }, "scanning");
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
