import { createShutdown } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openCheckWorker } from "../compose/open-check-worker.ts";
import { openCheckCore } from "../compose/open-check-core.ts";
import { untilStopped } from "../compose/until-stopped.ts";

/** The process that runs checks; nothing else reaches the Docker engine, and it can do nothing else. */
export const checkWorker: Command = {
  summary: "run the process that scans versions and runs their evals",
  usage: "",
  isService: true,
  help: [
    "",
    "Needs DATABASE_URL, with the rights of the role assay_checks alone if you like, and the same",
    "ASSAY_HOME/blobs as npx assay worker. It opens no key, no git repo and no port. Give it the Docker",
    "socket, and nobody else.",
  ],
  async run({ config, log }) {
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, (line) => log.info({}, line));
    try {
      await openCheckWorker(await openCheckCore(config, log, shutdown));
      log.info({ home: config.home }, "checking");
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
