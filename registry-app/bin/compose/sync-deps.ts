import { fetchMirror } from "../../src/git/index.ts";
import type { JobDeps } from "../../src/jobs/index.ts";
import { readSealKey } from "./master-secret.ts";
import type { Core } from "./open-core.ts";

/** What looking at a source needs, in the worker and in `assay source sync` alike. */
export function syncDeps({ db, paths, config, clock, ids, log }: Core): JobDeps["sync"] {
  return {
    db,
    gitHome: paths.git,
    allowedGitHosts: config.gitHosts,
    gitCaFile: config.gitCaFile,
    fetch: fetchMirror,
    sealKey: () => readSealKey(config.secretFile),
    clock,
    ids,
    log,
  };
}
