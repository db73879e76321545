import type { Server } from "../../src/http/index.ts";
import { createShutdown, Refusal, type Config } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openCore, type Core } from "../compose/open-core.ts";
import { openGithubApp } from "../compose/open-github-app.ts";
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
      await openWorker(core, { runsEvals: true });
      let base = config.publicUrl ?? "";
      let isMakingDemo = config.demo;
      const server = await openServer(core, {
        site,
        publicUrl: () => base,
        whyNotReady: async () => [
          ...(isMakingDemo ? ["the demo registry is being made"] : []),
          ...(await findExposedDemo(core)),
        ],
      });
      const port = await listen(server, config);
      const local = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
      if (base === "") base = local;
      await claim.listensAt(local);
      const hints = config.demo ? await openDemo(core, local, say) : [];
      isMakingDemo = false;
      await openGithubApp(core, () => base);
      say(`Assay is ready at ${base}`);
      for (const line of hints) say(line);
    } catch (cause) {
      // Somebody who presses Ctrl-C during the start is not told that the start failed.
      const wasAskedTo = shutdown.isStopping();
      await shutdown.stop();
      if (!wasAskedTo) throw cause;
      return EXIT.fine;
    }
    await stopped;
    return EXIT.fine;
  },
};

/** The demo's key and token are printed on a terminal: a registry that others can reach must not trust them. */
async function findExposedDemo({ config, law }: Core): Promise<string[]> {
  if (LOOPBACK.has(config.host)) return [];
  const { sources } = await law();
  return [...sources.values()]
    .filter((source) => source.isDemo)
    .map(
      (source) =>
        `the demo source ${source.slug} is still trusted, and others can reach this registry`,
    );
}

async function listen(server: Server, { host, port }: Config): Promise<number> {
  return server.listen({ host, port }).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw cause;
    throw new Refusal(
      "unavailable",
      code === "EADDRINUSE"
        ? `Something else listens on port ${port} of ${host} already.`
        : `This account may not listen on port ${port} of ${host} (${String(code)}).`,
      `Choose another port, for example: PORT=${port + 1} npm start`,
    );
  });
}
