import type { Blobs } from "../blobs/index.ts";
import { transaction, type ArchiveFact, type Db } from "../db/index.ts";
import { listRefs, updateRefs } from "../git/index.ts";
import { sourceRepo } from "../sources/index.ts";
import { inParallel } from "./in-parallel.ts";
import type { FactOf, LogFault } from "./log-lines.ts";
import { makeArchives } from "./make-archives.ts";
import type { ReplayedVersion } from "./replay-source.ts";
import { chooseLatest, MAX_TAR_BYTES, storeVersion, type StoreDeps } from "./store-version.ts";
import { findReleaseFacts, putLatest, putPublished } from "./store/decisions.ts";
import { putStanding } from "./store/standings.ts";

export type ReleasesDeps = StoreDeps & {
  readonly db: Db;
  readonly blobs: Blobs;
  /** Makes the public files of a skill say what may be seen of it. */
  readonly alignFiles: (skillId: string) => Promise<void>;
};

type Released = ReplayedVersion & {
  readonly released: FactOf<"released">;
  readonly decidedAt: Date;
};

const SKILLS_AT_ONCE = 6;

/** Makes visible again what was released: archives, stores, public files, in the state that the law has put it in since. */
export async function replayReleases(
  deps: ReleasesDeps,
  versions: readonly ReplayedVersion[],
): Promise<{ readonly skills: number; readonly archives: number; readonly faults: LogFault[] }> {
  await keepObjects(deps, versions);
  const bySkill = [...Map.groupBy(versions, (one) => one.skillId).values()];
  const done = await inParallel(bySkill, SKILLS_AT_ONCE, (ofSkill) => replaySkill(deps, ofSkill));
  return {
    skills: bySkill.length,
    archives: done.reduce((sum, one) => sum + one.archives, 0),
    faults: done.flatMap((one) => one.faults),
  };
}

async function replaySkill(
  deps: ReleasesDeps,
  versions: readonly ReplayedVersion[],
): Promise<{ readonly archives: number; readonly faults: readonly LogFault[] }> {
  const faults: LogFault[] = [];
  let archives = 0;
  const released = versions.flatMap(toReleased);
  for (const one of released) {
    const flaw = await restoreArchives(deps.blobs, one.tarSha256, one.released.archives);
    if (flaw === undefined) archives += one.released.archives.length;
    else {
      const { line, coordinate } = one.released;
      faults.push({ line, coordinate, says: flaw });
    }
    await transaction(deps.db, async (tx) => {
      await putPublished(tx, one, one.released.archives, one.decidedAt);
      const { standing } = one.story;
      if (standing !== null) await putStanding(tx, one.id, standing.standing);
    });
  }
  const [first] = versions;
  if (first === undefined) return { archives, faults };
  if (released.length > 0) await restoreStore(deps, first.skillId, released);
  await deps.alignFiles(first.skillId);
  return { archives, faults };
}

function toReleased(version: ReplayedVersion): Released[] {
  const { released, decided } = version.story;
  if (released === null || decided === null) return [];
  return [{ ...version, released, decidedAt: new Date(decided.at) }];
}

/** Archives that the store has are the ones that were served; others are made again and must come to the same bytes. */
async function restoreArchives(
  blobs: Blobs,
  tarSha256: string,
  wanted: readonly ArchiveFact[],
): Promise<string | undefined> {
  const present = await Promise.all(wanted.map(({ sha256 }) => blobs.has(sha256)));
  if (present.every(Boolean)) return undefined;
  const { archives } = await makeArchives(blobs, tarSha256);
  const lost = wanted.filter(
    (one, at) => present[at] !== true && !archives.some(({ sha256 }) => sha256 === one.sha256),
  );
  if (lost.length === 0) return undefined;
  const formats = lost.map(({ format }) => format).join(" and ");
  return `its ${formats} cannot be made again byte for byte on this machine: restore blobs/ from the backup`;
}

async function restoreStore(
  deps: ReleasesDeps,
  skillId: string,
  released: readonly Released[],
): Promise<void> {
  const latest = await chooseLatest(deps.db, skillId, {});
  for (const { id, tarSha256, story } of released) {
    if (story.standing?.standing === "quarantined") continue;
    const facts = await findReleaseFacts(deps.db, id);
    if (facts === undefined) continue;
    const tar = await deps.blobs.read(tarSha256, MAX_TAR_BYTES);
    await storeVersion(deps, facts, tar, id === latest.id);
  }
  // With nothing published any more, a skill goes on showing what was changed last.
  const changed = released.toSorted((a, b) => lastLine(b) - lastLine(a));
  const shownId = latest.shownId ?? changed[0]?.id;
  if (shownId === undefined) return;
  const times = released.map((one) => lastTime(one).getTime());
  await transaction(deps.db, (tx) =>
    putLatest(tx, skillId, latest.id, shownId, new Date(Math.max(...times))),
  );
}

const lastLine = ({ released, story }: Released) => story.standing?.line ?? released.line;
const lastTime = ({ decidedAt, story }: Released) =>
  story.standing === null ? decidedAt : new Date(story.standing.at);

/** The refs of our own that keep what was published; where a copy has them already, nothing is written. */
async function keepObjects(
  deps: ReleasesDeps,
  versions: readonly ReplayedVersion[],
): Promise<void> {
  for (const ofSource of Map.groupBy(versions, (one) => one.source.id).values()) {
    const [first] = ofSource;
    if (first === undefined) continue;
    const { dir } = sourceRepo(deps.gitHome, first.source);
    const kept = new Set((await listRefs(dir, "refs/published")).map((ref) => ref.name));
    const missing = ofSource
      .filter(({ story }) => story.released !== null)
      .map(({ story }) => ({
        ref: `refs/published/${story.accepted.tag}`,
        newOid: story.accepted.tagOid,
      }))
      .filter(({ ref }) => !kept.has(ref));
    await updateRefs(dir, missing);
  }
}
