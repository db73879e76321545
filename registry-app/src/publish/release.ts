import { record } from "../audit/index.ts";
import { decodeUstar, encodeZip, gzipTar, type Blobs } from "../blobs/index.ts";
import { transaction, withLock, type ArchiveFact, type Db } from "../db/index.ts";
import { initBare, publishToStore, updateRefs, type Author, type StoreFile } from "../git/index.ts";
import { Stalled, type Clock } from "../runtime/index.ts";
import { highestStable, compareVersions } from "../skill/index.ts";
import { sourceRepo } from "../sources/index.ts";
import { createHash } from "node:crypto";
import type { RegistryLog } from "./registry-log.ts";
import { findReleaseFacts, listPublished, putLatest, putPublished } from "./store/decisions.ts";
import { storeDir } from "./store-dir.ts";
import type { ReleaseFacts } from "./types.ts";

export type ReleaseDeps = {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly registryLog: RegistryLog;
  readonly gitHome: string;
  readonly author: Author;
  readonly clock: Clock;
  /** Writes the JSON of skill and version that answers with Postgres down. */
  readonly materialise: (skillId: string, versionId: string) => Promise<void>;
};

const MAX_TAR_BYTES = 128 * 1024 * 1024;

/**
 * Makes a version that was decided to be published visible. Every step can be repeated: a run that dies anywhere is
 * finished by the next one. Nothing is visible before the registry log holds the decision.
 */
export async function releaseVersion(
  deps: ReleaseDeps,
  versionId: string,
): Promise<"released" | "gone"> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version === undefined || (version.state !== "candidate" && version.state !== "published"))
    return "gone";
  await deps.registryLog.flush();
  const tar = await deps.blobs.read(version.tarSha256, MAX_TAR_BYTES);
  const archives = await makeArchives(deps.blobs, tar);
  // Two versions of one skill share its store, its latest version and its JSON.
  await withLock(deps.db, `skill:${version.skillId}`, async () => {
    await keepObjects(deps, version);
    const latest = await chooseLatest(deps, version);
    await storeVersion(deps, version, tar, latest.version === version.version);
    await makeVisible(deps, version, archives, latest);
    await deps.materialise(version.skillId, version.id);
  });
  return "released";
}

async function makeArchives(blobs: Blobs, tar: Buffer): Promise<ArchiveFact[]> {
  const made = [
    { format: "tar.gz" as const, bytes: await gzipTar(tar) },
    { format: "zip" as const, bytes: encodeZip(decodeUstar(tar)) },
  ];
  return Promise.all(
    made.map(async ({ format, bytes }) => {
      await blobs.put(bytes);
      return {
        format,
        size: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
  );
}

/** A ref of our own keeps what was published, even where a followed source drops the tag. */
async function keepObjects(deps: ReleaseDeps, version: ReleaseFacts): Promise<void> {
  const repo = sourceRepo(deps.gitHome, version.source);
  await updateRefs(repo.dir, [
    { ref: `refs/published/${version.tagName}`, newOid: version.tagOid },
  ]);
}

type Latest = {
  readonly id: string | null;
  readonly shownId: string;
  readonly version: string | undefined;
};

/** The highest stable version; a skill with pre-releases only has no latest, and shows the highest of those. */
async function chooseLatest(deps: ReleaseDeps, version: ReleaseFacts): Promise<Latest> {
  const published = await listPublished(deps.db, version.skillId);
  const all = published.some((one) => one.id === version.id)
    ? published
    : [...published, { id: version.id, version: version.version }];
  const stable = highestStable(all.map((one) => one.version));
  const latest = all.find((one) => one.version === stable);
  const highest = all.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  return {
    id: latest?.id ?? null,
    shownId: latest?.id ?? highest?.id ?? version.id,
    version: latest?.version,
  };
}

async function storeVersion(
  deps: ReleaseDeps,
  version: ReleaseFacts,
  tar: Buffer,
  isLatest: boolean,
): Promise<void> {
  const files = decodeUstar(tar).map((file): StoreFile => ({
    path: file.path,
    mode: file.mode,
    bytes: Buffer.from(file.bytes),
  }));
  const dir = storeDir(deps.gitHome, version.team, version.skill);
  await initBare(dir, { config: {} });
  const stored = await publishToStore({
    dir,
    tagName: `${version.skill}--v${version.version}`,
    files,
    message: storeMessage(version),
    time: version.firstSeenAt,
    authorIdentity: deps.author,
    isLatest,
    expectedTree: version.treeOid,
  });
  if (stored.kind === "stored") return;
  throw new Stalled("the published store does not take the version", {
    version: version.id,
    stored,
  });
}

function storeMessage(version: ReleaseFacts): string {
  return [
    `${version.team}/${version.skill} ${version.version}`,
    "",
    `Source: ${version.source.slug}`,
    `Tag: ${version.tagName}`,
    `Tag-Object: ${version.tagOid}`,
    `Commit: ${version.commitOid}`,
    `Digest: ${version.digest}`,
    `Signed-By: ${version.signerPrincipal} ${version.signerKey}`,
    "",
  ].join("\n");
}

async function makeVisible(
  deps: ReleaseDeps,
  version: ReleaseFacts,
  archives: ArchiveFact[],
  latest: Latest,
): Promise<void> {
  if (version.state === "published") return;
  const now = deps.clock.now();
  await transaction(deps.db, async (tx) => {
    await putPublished(tx, version, archives, now);
    await putLatest(tx, version.skillId, latest.id, latest.shownId, now);
    await record(tx, {
      actor: "system",
      action: "version.release",
      subject: `${version.team}/${version.skill}@${version.version}`,
      detail: { digest: version.digest },
      at: now,
    });
  });
}
