import { setTimeout } from "node:timers/promises";
import { createDownloads } from "../../src/catalog/index.ts";
import { queryInTx, type Db } from "../../src/db/index.ts";
import { isPrincipalOf } from "../../src/keys/index.ts";
import { createServer, type Hosting, type Server, type SiteMount } from "../../src/http/index.ts";
import { listCodes } from "../../src/publish/index.ts";
import { listDeadLetters } from "../../src/queue/index.ts";
import type { Core } from "./open-core.ts";
import { createEvalRuns } from "./eval-runs.ts";
import { createGithubIntake } from "./github-intake.ts";
import { createHooks } from "./hooks.ts";
import { createHosting } from "./hosting.ts";
import { createLawReader } from "./law-reader.ts";
import { REPORTED_RULES } from "./reported-rules.ts";

export type ServerOptions = {
  /** Absent: the API, git and webhooks only. */
  readonly site?: SiteMount;
  /** The repos below `/git/`, where they are to be others than `createHosting` finds. */
  readonly hosting?: Hosting;
  readonly publicUrl: () => string;
  /** Sentences; the server is not ready while there are any. */
  readonly whyNotReady: () => Promise<readonly string[]>;
};

/** Builds the HTTP server of this core; it is not listening yet. */
export async function openServer(core: Core, options: ServerOptions): Promise<Server> {
  const { db, clock, log, shutdown } = core;
  const downloads = createDownloads({ db, publicFiles: core.publicFiles, clock, log });
  shutdown.onStop("download counts", () => downloads.stop());
  const server = await createServer({
    clock,
    ids: core.ids,
    log,
    db,
    blobs: core.blobs,
    publicFiles: core.publicFiles,
    evidenceOf: core.evidenceOf,
    downloads,
    hosting: options.hosting ?? (await createHosting(core, options.publicUrl)),
    hooks: createHooks(core),
    github: await createGithubIntake(core),
    publicUrl: options.publicUrl,
    isDemo: core.config.demo,
    trustedProxies: core.config.trustedProxies,
    whyNotReady: async () => [...(await options.whyNotReady()), ...(await databaseReasons(db))],
    measures: async () => {
      const { alarm, pending } = await core.control.current();
      return {
        assay_dead_letters: (await listDeadLetters(db)).length,
        // A change that waits for signatures is told by itself: nothing is wrong with it.
        assay_law_pending: pending === undefined ? 0 : 1,
        assay_law_alarm: alarm !== undefined && pending === undefined ? 1 : 0,
      };
    },
    evalRuns: createEvalRuns(core),
    law: createLawReader(core),
    siteParts: {
      codes: listCodes,
      rules: REPORTED_RULES,
      signersOf: (team) => listSigners(core, team),
    },
    ...(options.site !== undefined && { site: options.site }),
  });
  shutdown.onStop("HTTP", () => server.close());
  return server;
}

const DATABASE_WAIT_MS = 2_000;

/** What is public is read without the database, so only readiness tells of it. */
async function databaseReasons(db: Db): Promise<readonly string[]> {
  const gone = ["the database does not answer"];
  const asked = queryInTx(db, "SELECT 1").then(
    () => [],
    () => gone,
  );
  return Promise.race([asked, setTimeout(DATABASE_WAIT_MS, gone, { ref: false })]);
}

async function listSigners(core: Core, team: string) {
  const law = await core.law();
  return (law.teams.get(team)?.signers ?? []).map((principal) => {
    const entries = law.allowedSigners.entries.filter((entry) => isPrincipalOf(entry, principal));
    const ends = entries.flatMap((entry) => entry.validBeforeMs ?? []);
    return {
      principal,
      keys: entries.map((entry) => entry.key.fingerprint),
      validBefore:
        ends.length === entries.length && ends.length > 0
          ? new Date(Math.max(...ends)).toISOString()
          : null,
    };
  });
}
