import { createShutdown, Refusal } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openCore } from "../compose/open-core.ts";
import { openServer } from "../compose/open-server.ts";
import { openWorker } from "../compose/open-worker.ts";
import { claimHome } from "../compose/running.ts";
import { openSite } from "../compose/site.ts";
import { untilStopped } from "../compose/until-stopped.ts";
import { openDemo } from "../compose/demo.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Everything in one process, with embedded Postgres unless DATABASE_URL says otherwise. */
export const up: Command = {
  summary: "run the whole registry in one process",
  usage: "",
  isService: true,
  help: ["PORT, HOST, ASSAY_HOME, DATABASE_URL and REDIS_URL change where; see docs/operating.md."],
  async run({ config, log }) {
    if (!LOOPBACK.has(config.host) && !config.singleProcessAccepted) {
      throw new Refusal(
        "bad-request",
        `assay up runs everything in one process and would listen on ${config.host}, where others can reach it.`,
        "Run serve, worker and check-worker apart (docs/operating.md), or set ASSAY_SINGLE_PROCESS=accept if that is meant.",
      );
    }
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, say);
    try {
      const claim = await claimHome(config, shutdown);
      const site = await openSite(say);
      const core = await openCore(config, log, shutdown);
      await openWorker(core);
      let base = config.publicUrl ?? "";
      const waiting = new Set(config.demo ? ["the demo registry is being made"] : []);
      const server = await openServer(core, {
        site,
        publicUrl: () => base,
        whyNotReady: async () => [...waiting],
      });
      const port = await server.listen({ host: config.host, port: config.port });
      const local = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
      if (base === "") base = local;
      await claim.listensAt(local);
      const hints = config.demo ? await openDemo(core, local, say) : [];
      waiting.clear();
      say(`Assay is ready at ${base}`);
      for (const line of hints) say(line);
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
