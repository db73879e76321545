import { openDatabase } from "../../src/db/index.ts";
import { createShutdown, Refusal, systemClock, systemIds } from "../../src/runtime/index.ts";
import { EXIT, type Command } from "../command.ts";
import { openGithubApp } from "../compose/open-github-app.ts";
import { openQueue } from "../compose/open-queue.ts";
import { requireDatabase } from "../compose/require-database.ts";
import { untilStopped } from "../compose/until-stopped.ts";

/** The process that holds the App's key. It listens on no port: webhooks come in where the API is. */
export const githubApp: Command = {
  summary: "run the process that reports to GitHub with the App's key",
  usage: "",
  isService: true,
  help: [
    "",
    "Needs DATABASE_URL, PUBLIC_URL, GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE. The webhooks of the",
    "App go to PUBLIC_URL/api/github/webhooks, which npx assay serve answers with GITHUB_WEBHOOK_SECRET.",
  ],
  async run({ config, log }) {
    const url = requireDatabase(config, "github-app");
    const { publicUrl } = config;
    if (publicUrl === undefined)
      throw new Refusal("bad-request", "PUBLIC_URL is not set: reports link to its pages.");
    const shutdown = createShutdown(log);
    const stopped = untilStopped(shutdown, (line) => log.info({}, line));
    try {
      const { db, pool, close } = await openDatabase({ url, log });
      shutdown.onStop("database connections", close);
      const [clock, ids] = [systemClock, systemIds];
      const queue = openQueue({ config, db, pool, clock, ids, log, shutdown });
      const core = { config, db, queue, log, shutdown, clock, ids };
      if (!(await openGithubApp(core, () => publicUrl)))
        throw new Refusal(
          "bad-request",
          "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE are not both set.",
          "Create a GitHub App (docs/operating.md), and say its number and where its key lies.",
        );
      log.info({ api: config.github.api }, "reporting to GitHub");
    } catch (cause) {
      await shutdown.stop();
      throw cause;
    }
    await stopped;
    return EXIT.fine;
  },
};
