import { materialise } from "../../src/catalog/index.ts";
import type { LawDeps, RegistryLog } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";
import { REGISTRY_AUTHOR } from "./open-registry-log.ts";

/** What bringing published versions in line with the law needs, whoever asks for it. */
export function lawDepsOf(core: Core, registryLog: RegistryLog): Omit<LawDeps, "onReopened"> {
  const { db, law, readers, blobs, paths, clock } = core;
  return {
    db,
    law,
    readers,
    blobs,
    registryLog,
    gitHome: paths.git,
    author: REGISTRY_AUTHOR,
    clock,
    materialise: (skillId, versionId) => materialise(core, skillId, versionId),
  };
}
