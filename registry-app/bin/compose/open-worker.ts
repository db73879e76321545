import { materialise } from "../../src/catalog/index.ts";
import type { Author } from "../../src/git/index.ts";
import { createHandlers, startSweeping } from "../../src/jobs/index.ts";
import { findUser } from "../../src/people/index.ts";
import { createRegistryLog } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";
import { readOrMakeKey, signWith } from "./registry-key.ts";

/** Who writes the registry log and the published stores. Fixed, since a rebuild must come to the same objects. */
const REGISTRY_AUTHOR: Author = { name: "Assay", email: "registry@assay.invalid" };

/** Takes up the jobs: sync, admit, decide, release, and the sweep that repairs what was lost. */
export async function openWorker(core: Core): Promise<void> {
  const { db, queue, clock, ids, log, law, blobs, config, paths, shutdown } = core;
  const key = await readOrMakeKey(paths.registryKey, "assay registry log");
  const registryLog = await createRegistryLog({
    db,
    readers: core.readers,
    dir: paths.log,
    author: REGISTRY_AUTHOR,
    sign: signWith(key),
    clock,
  });
  const gitHome = paths.git;
  const writeJson = (skillId: string, versionId: string) =>
    materialise({ db, publicFiles: core.publicFiles }, skillId, versionId);
  const handlers = createHandlers({
    queue,
    sync: { db, gitHome, allowedGitHosts: config.gitHosts, clock, ids, log },
    admit: {
      db,
      blobs,
      graphs: core.graphs,
      changelog: core.changelog,
      law,
      registryLog,
      readers: core.readers,
      cache: core.cache,
      verifier: core.verifier,
      gitHome,
      clock,
      ids,
      pendingChecks: [],
      findAccount: async (from, principal) => (await findUser(from, principal))?.id ?? null,
    },
    decide: { db, law, registryLog, clock },
    release: {
      db,
      law,
      blobs,
      registryLog,
      gitHome,
      author: REGISTRY_AUTHOR,
      clock,
      materialise: writeJson,
    },
    law: {
      db,
      law,
      readers: core.readers,
      blobs,
      registryLog,
      gitHome,
      author: REGISTRY_AUTHOR,
      clock,
      materialise: writeJson,
    },
  });
  await law();
  const consumer = await queue.consume(handlers);
  shutdown.onStop("jobs", () => consumer.close());
  const sweeping = startSweeping({ queue, db, clock, log });
  shutdown.onStop("sweep", () => sweeping.stop());
}
