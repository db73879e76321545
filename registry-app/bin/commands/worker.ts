import { createShutdown } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openCore } from "../compose/open-core.ts";
import { openWorker } from "../compose/open-worker.ts";
import { requireDatabase } from "../compose/require-database.ts";
import { untilStopped } from "../compose/until-stopped.ts";

/** The process that does the jobs: sync, admit, decide, release. */
export const worker: Command = {
  summary: "run the process that syncs sources, judges tags and releases versions",
  usage: "",
  isService: true,
  help: ["", "Needs DATABASE_URL and the same ASSAY_HOME as npx assay serve."],
  async run({ config, log }) {
    requireDatabase(config, "worker");
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, (line) => log.info({}, line));
    try {
      // Without a check worker, somebody has to say that evals are not run.
      const runsEvals = config.sandbox === "off";
      await openWorker(await openCore(config, log, shutdown), { runsEvals });
      log.info({ home: config.home }, "working");
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
