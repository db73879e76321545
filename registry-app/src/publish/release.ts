import { record } from "../audit/index.ts";
import type { ControlSnapshot } from "../control/index.ts";
import type { Blobs } from "../blobs/index.ts";
import { transaction, withLock, type ArchiveFact, type Db, type Tx } from "../db/index.ts";
import { updateRefs } from "../git/index.ts";
import type { Clock } from "../runtime/index.ts";
import { sourceRepo } from "../sources/index.ts";
import type { LogFact } from "./log-lines.ts";
import { makeArchives } from "./make-archives.ts";
import type { RegistryLog } from "./registry-log.ts";
import { standingOf } from "./standing.ts";
import { chooseLatest, storeVersion, type Latest, type StoreDeps } from "./store-version.ts";
import { findReleaseFacts, putLatest, putPublished } from "./store/decisions.ts";
import type { ReleaseFacts } from "./types.ts";
import { weigh } from "./weigh.ts";

export type ReleaseDeps = StoreDeps & {
  readonly db: Db;
  readonly law: () => Promise<ControlSnapshot>;
  readonly blobs: Blobs;
  readonly registryLog: RegistryLog;
  readonly clock: Clock;
  /** Writes the JSON of skill and version that answers with Postgres down. */
  readonly materialise: (skillId: string, versionId: string) => Promise<void>;
  /** Called in the transaction that published a version which the law had yanked before there was one: it is to be hidden. */
  readonly onYanked: (tx: Tx, law: string) => Promise<void>;
};

/**
 * Makes a version that was decided to be published visible. Every step can be repeated: a run that dies anywhere is
 * finished by the next one. Nothing is visible before the registry log holds the decision. The decision is taken again
 * from the facts of now, so that nobody publishes by reporting an outcome; `undecided` when it comes out otherwise.
 */
export async function releaseVersion(
  deps: ReleaseDeps,
  versionId: string,
): Promise<"released" | "undecided" | "gone"> {
  const asked = await findReleaseFacts(deps.db, versionId);
  if (asked === undefined) return "gone";
  // Archives that nobody can name yet may be made while the log is written.
  const [{ tar, archives }] = await Promise.all([
    makeArchives(deps.blobs, asked.tarSha256),
    deps.registryLog.flush(),
  ]);
  // Two versions of one skill share its store, its latest version and its JSON.
  return withLock(deps.db, `skill:${asked.skillId}`, async () => {
    const version = await findReleaseFacts(deps.db, versionId);
    if (version?.state !== "candidate" && version?.state !== "published") return "gone";
    const { decision, law } = await weigh(deps, version);
    // Decided otherwise and back meanwhile: then the line that counts may not be in the log yet.
    const { decidedAt } = version;
    if (decidedAt === null || decidedAt.getTime() !== asked.decidedAt?.getTime())
      return "undecided";
    if (version.state === "candidate" && decision.kind !== "publish") return "undecided";
    await keepObjects(deps, version);
    const latest = await chooseLatest(deps.db, version.skillId, { with: version });
    await storeVersion(deps, version, tar, latest.version === version.version);
    await makeVisible(deps, { ...version, decidedAt }, archives, { latest, law });
    await deps.materialise(version.skillId, version.id);
    return "released";
  });
}

/** A ref of our own keeps what was published, even where a followed source drops the tag. */
async function keepObjects(deps: ReleaseDeps, version: ReleaseFacts): Promise<void> {
  const repo = sourceRepo(deps.gitHome, version.source);
  await updateRefs(repo.dir, [
    { ref: `refs/published/${version.tagName}`, newOid: version.tagOid },
  ]);
}

/** A version counts as published from its decision on: that time stands in the log, the moment of this step does not matter. */
async function makeVisible(
  deps: ReleaseDeps,
  version: ReleaseFacts & { readonly decidedAt: Date },
  archives: ArchiveFact[],
  { latest, law }: { readonly latest: Latest; readonly law: ControlSnapshot },
): Promise<void> {
  if (version.state === "published") return;
  const now = deps.clock.now();
  await transaction(deps.db, async (tx) => {
    await putPublished(tx, version, archives, version.decidedAt);
    const shownId = latest.shownId ?? version.id;
    await putLatest(tx, version.skillId, latest.id, shownId, version.decidedAt);
    await deps.registryLog.append(tx, [releasedFact(version, archives, now)]);
    if (standingOf(law, version).kind === "yanked") await deps.onYanked(tx, law.digest);
    await record(tx, {
      actor: "system",
      action: "version.release",
      subject: `${version.team}/${version.skill}@${version.version}`,
      detail: { digest: version.digest },
      at: now,
    });
  });
}

function releasedFact(version: ReleaseFacts, archives: ArchiveFact[], now: Date): LogFact {
  return {
    kind: "released",
    key: `released:${version.source.slug}:${version.tagOid}`,
    at: now.toISOString(),
    coordinate: `${version.team}/${version.skill}@${version.version}`,
    source: version.source.slug,
    tag: version.tagName,
    tagOid: version.tagOid,
    digest: version.digest,
    archives,
  };
}
