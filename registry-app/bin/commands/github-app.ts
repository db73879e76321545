import { openDatabase } from "../../src/db/index.ts";
import { readHostHealth } from "../../src/publish/index.ts";
import { createShutdown, Refusal, systemClock, systemIds } from "../../src/runtime/index.ts";
import { EXIT, wrongUsage, type Command, type Context, type ExitCode } from "../command.ts";
import { openGithubApp } from "../compose/open-github-app.ts";
import { openQueue } from "../compose/open-queue.ts";
import { requireDatabase } from "../compose/require-database.ts";
import { sayHostHealth } from "../compose/say-host-health.ts";
import { untilStopped } from "../compose/until-stopped.ts";
import { withCore } from "../compose/with-core.ts";
import { setUp } from "./github-set-up.ts";

/** The process that holds the App's key. It listens on no port: webhooks come in where the API is. */
export const githubApp: Command = {
  summary:
    "run the process that reports to GitHub with the App's key; set the App up; show its health",
  usage: "[set-up|status]",
  isService: (words) => words.length === 0,
  options: {
    org: { type: "string" },
    name: { type: "string" },
    "public-url": { type: "string" },
    releases: { type: "boolean" },
    comments: { type: "boolean" },
    "code-scanning": { type: "boolean" },
    again: { type: "boolean" },
  },
  help: [
    "",
    "npx assay github-app",
    "    run it: needs DATABASE_URL, PUBLIC_URL, GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE. The webhooks of",
    "    the App go to PUBLIC_URL/api/github/webhooks, which npx assay serve answers with GITHUB_WEBHOOK_SECRET",
    "npx assay github-app set-up [--org ORG] [--name NAME] [--public-url URL] [--again]",
    "    [--releases] [--comments] [--code-scanning]",
    "    open a page on this machine that has GitHub make the App, and keep its secrets in ASSAY_HOME; it may also",
    "    write the releases that hostReleases asks for, a comment on each pull request, and security alerts",
    "npx assay github-app status",
    "    the last webhook and look, limits, deliveries that failed, and reports that wait",
  ],
  async run(context, words, values) {
    const [word, ...more] = words;
    if (more.length > 0) throw wrongUsage("github-app", `"${more.join(" ")}" is too much.`);
    if (word === undefined) return report(context);
    if (word === "set-up") return setUp(context, values);
    if (word === "status") return showStatus(context);
    throw wrongUsage("github-app", `"github-app ${word}" is not known: set-up, status.`);
  },
};

async function showStatus(context: Context): Promise<ExitCode> {
  return withCore(context, async ({ db, clock }) => {
    const health = await readHostHealth(db);
    context.print(health, sayHostHealth(health, clock.now()).join("\n"));
    return EXIT.fine;
  });
}

async function report({ config, log }: Context): Promise<ExitCode> {
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
        "There is no GitHub App: GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE are not both set.",
        "Make one with npx assay github-app set-up, or say its number and where its key lies.",
      );
    log.info({ api: config.github.api }, "reporting to GitHub");
  } catch (cause) {
    await shutdown.stop();
    throw cause;
  }
  await stopped;
  return EXIT.fine;
}
