import { createShutdown } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { requireDatabase } from "../compose/require-database.ts";
import { openCore } from "../compose/open-core.ts";
import { openServer } from "../compose/open-server.ts";
import { localUrl } from "../compose/public-url.ts";
import { openSite } from "../compose/site.ts";
import { untilStopped } from "../compose/until-stopped.ts";

/** The HTTP process: API, webhooks, git hosting and pages. */
export const serve: Command = {
  summary: "run the HTTP process: API, webhooks, git hosting and pages",
  usage: "",
  isService: true,
  help: ["", "Needs DATABASE_URL and, beside it, npx assay worker on the same ASSAY_HOME."],
  async run({ config, log }) {
    requireDatabase(config, "serve");
    const say = (line: string) => log.info({}, line);
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, say);
    try {
      const site = await openSite(say);
      const core = await openCore(config, log, shutdown);
      let base = config.publicUrl ?? "";
      const server = await openServer(core, {
        site,
        publicUrl: () => base,
        whyNotReady: async () => [],
      });
      const port = await server.listen({ host: config.host, port: config.port });
      if (base === "") base = localUrl(config.host, port);
      log.info({ host: config.host, port }, `serving at ${base}`);
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
