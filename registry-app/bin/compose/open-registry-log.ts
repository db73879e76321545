import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PublicFiles } from "../../src/blobs/index.ts";
import type { Author } from "../../src/git/index.ts";
import { formatPublicKey } from "../../src/keys/index.ts";
import type { CheckpointAnswer } from "../../src/proof/index.ts";
import { CHECKPOINT_PATH, createRegistryLog, type RegistryLog } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";
import { readOrMakeKey, signWith } from "./registry-key.ts";

/** Who writes the registry log and the published stores. Fixed, since a rebuild must come to the same objects. */
export const REGISTRY_AUTHOR: Author = { name: "Assay", email: "registry@assay.invalid" };

/** The registry log of this home, to be written with its key; what a bare copy needs to be read stands beside the lines. */
export async function openRegistryLog(core: Core): Promise<RegistryLog> {
  const { db, readers, paths, clock } = core;
  const key = await readOrMakeKey(paths.registryKey, "assay registry log");
  const pins = new Map([
    ["registry.pub", `${formatPublicKey(key.publicKey)}\n`],
    ["root.json", await readFile(join(paths.home, "root.json"), "utf8")],
  ]);
  const sign = signWith(key);
  const dir = paths.log;
  const author = REGISTRY_AUTHOR;
  const announce = (checkpoint: CheckpointAnswer) => writeCheckpoint(core.publicFiles, checkpoint);
  return createRegistryLog({ db, readers, dir, author, sign, clock, pins, announce });
}

/** The newest checkpoint as a file that answers with Postgres down. */
export function writeCheckpoint(
  publicFiles: PublicFiles,
  checkpoint: CheckpointAnswer,
): Promise<void> {
  return publicFiles.write(CHECKPOINT_PATH, Buffer.from(JSON.stringify(checkpoint), "utf8"));
}
