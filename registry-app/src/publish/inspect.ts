import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Blobs } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import { findFaults, findInStore } from "../git/index.ts";
import { storeDir } from "./store-dir.ts";
import { MAX_TAR_BYTES } from "./store-version.ts";
import { findReleaseFacts } from "./store/decisions.ts";

export type InspectDeps = { readonly db: Db; readonly blobs: Blobs; readonly gitHome: string };

const unzip = promisify(gunzip);

/**
 * What of a published version is not on the disk as it was put there: archives, by their digests, and its store, by
 * git's own check. Damaged archives are taken away, so that releasing the version again makes them anew; a damaged tar
 * is made from the tar.gz.
 */
export async function listDamage(deps: InspectDeps, versionId: string): Promise<string[]> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version?.state !== "published") return [];
  const damaged: string[] = [];
  const { archives } = version;
  const sound = new Set<string>();
  for (const { sha256 } of archives)
    if (await deps.blobs.discardIfDamaged(sha256)) damaged.push(`blobs/${sha256}`);
    else sound.add(sha256);
  if (await deps.blobs.discardIfDamaged(version.tarSha256)) {
    damaged.push(`blobs/${version.tarSha256}`);
    const whole = archives.find(({ format, sha256 }) => format === "tar.gz" && sound.has(sha256));
    if (whole !== undefined) await restoreTar(deps.blobs, version.tarSha256, whole.sha256);
  }
  const dir = storeDir(deps.gitHome, version.team, version.skill);
  const tag = `${version.skill}--v${version.version}`;
  const isStored = (await findInStore(dir, tag).catch(() => undefined)) !== undefined;
  if (!isStored || (await findFaults(dir)) !== undefined) damaged.push(dir);
  return damaged;
}

async function restoreTar(blobs: Blobs, tarSha256: string, gzSha256: string): Promise<void> {
  await blobs.putIfAbsent(tarSha256, async () =>
    unzip(await blobs.read(gzSha256, MAX_TAR_BYTES), { maxOutputLength: MAX_TAR_BYTES }),
  );
}
