import { readFile } from "node:fs/promises";
import {
  addressesOf,
  connectGithub,
  startNoting,
  startReporting,
  startSweeping,
  watchLimits,
} from "@assay/github-app";
import { hostSarif } from "../../src/catalog/index.ts";
import { transaction, withLock, type Db } from "../../src/db/index.ts";
import { answerAsk } from "../../src/publish/index.ts";
import {
  carryOutAsk,
  decideVersion,
  judgeOwners,
  judgePull,
  type Queue,
} from "../../src/queue/index.ts";
import {
  Refusal,
  type Clock,
  type Config,
  type Ids,
  type Log,
  type Shutdown,
} from "../../src/runtime/index.ts";
import { readGithubSettings } from "./github-settings.ts";
import { REPORTED_RULES } from "./reported-rules.ts";

export type GithubAppCore = {
  readonly config: Pick<Config, "github" | "home">;
  readonly db: Db;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly shutdown: Shutdown;
};

/** Reports to GitHub with the App's key; refuses the start when the key cannot be read. False where no App is set up. */
export async function openGithubApp(
  core: GithubAppCore,
  publicUrl: () => string,
): Promise<boolean> {
  const { app, api } = await readGithubSettings(core.config);
  if (app === undefined) return false;
  const wish = { appId: app.id, privateKey: await readKey(app.keyFile), api };
  const limits = watchLimits();
  const github = connectGithub(wish, () => core.clock.now().getTime(), limits);
  const reporting = startReporting({
    ...core,
    github,
    addresses: addressesOf(api),
    publicUrl,
    allowAsk: (askId, answer) =>
      transaction(core.db, async (tx) => {
        await answerAsk(tx, askId, { state: "allowed", answer, at: core.clock.now() });
        await core.queue.enqueue(tx, carryOutAsk, { askId });
      }),
    async findSarif(versionId) {
      const log = await hostSarif({ db: core.db, rules: REPORTED_RULES }, versionId);
      return log && JSON.stringify(log);
    },
    judgePull: async (sourceId, number) =>
      core.queue.enqueue(core.db, judgePull, { sourceId, number: String(number) }),
    judgeOwners: async (versionId) => core.queue.enqueue(core.db, judgeOwners, { versionId }),
    decide: async (versionId) => core.queue.enqueue(core.db, decideVersion, { versionId }),
    alone: (run) => withLock(core.db, "github-reports", run),
  });
  const sweeping = startSweeping({
    ...core,
    github,
    addresses: addressesOf(api),
    alone: (run) => withLock(core.db, "github-sweep", run),
  });
  const noting = startNoting({ ...core, limits, reporting });
  core.shutdown.onStop("reports to GitHub", async () => {
    await Promise.all([reporting.stop(), sweeping.stop()]);
    await noting.stop();
  });
  return true;
}

async function readKey(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new Refusal(
      "bad-request",
      `GITHUB_APP_PRIVATE_KEY_FILE cannot be read: ${cause.message}.`,
      "Download a private key from the App's settings and say where it lies.",
    );
  });
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return text;
  throw new Refusal(
    "bad-request",
    `GITHUB_APP_PRIVATE_KEY_FILE ${file} holds no private key in PEM.`,
    "Download one from the App's settings.",
  );
}
