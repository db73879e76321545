import { isDeepStrictEqual } from "node:util";
import { record } from "../audit/index.ts";
import { withLock, transaction, type Db, type Tx } from "../db/index.ts";
import type { Blobs } from "../blobs/index.ts";
import type { ControlSnapshot, LawInForce } from "../control/index.ts";
import { findInStore, removeFromStore, updateRefs, type ObjectReaders } from "../git/index.ts";
import type { Clock } from "../runtime/index.ts";
import { SIGNER_CODES } from "./codes.ts";
import type { RegistryLog } from "./registry-log.ts";
import { standingOf, type Standing } from "./standing.ts";
import { storeDir } from "./store-dir.ts";
import {
  chooseLatest,
  MAX_TAR_BYTES,
  storeVersion,
  type Latest,
  type StoreDeps,
} from "./store-version.ts";
import { findReleaseFacts, putLatest } from "./store/decisions.ts";
import { findLawKey } from "./store/log-entries.ts";
import {
  listReleased,
  listUnsettled,
  putStanding,
  putWaived,
  reopenRefusedTags,
  type Released,
} from "./store/standings.ts";
import type { ReleaseFacts } from "./types.ts";
import { weigh } from "./weigh.ts";

export type LawDeps = StoreDeps & {
  readonly db: Db;
  readonly readers: ObjectReaders;
  readonly blobs: Blobs;
  readonly law: () => Promise<LawInForce>;
  readonly registryLog: RegistryLog;
  readonly clock: Clock;
  readonly materialise: (skillId: string, versionId: string) => Promise<void>;
  /** Called in the transaction that found them: sources with tags to judge again, versions to decide again. */
  readonly onReopened: (
    tx: Tx,
    sourceIds: readonly string[],
    versionIds: readonly string[],
  ) => Promise<void>;
};

export type LawApplied = {
  readonly changed: readonly { readonly coordinate: string; readonly to: Standing["kind"] }[];
  readonly reopenedTags: number;
};

/**
 * Brings what was published in line with the law as it stands: compromised keys quarantine, yanks hide, and either is
 * undone when the law no longer says so. A law that was not in force before also opens again the tags that were refused
 * for their signer, and every version that waits for a decision.
 */
export async function applyLaw(deps: LawDeps): Promise<LawApplied> {
  const law = await deps.law();
  const changed: { coordinate: string; to: Standing["kind"] }[] = [];
  for (const version of await listReleased(deps.db)) {
    const standing = standingOf(law, version, await findLapse(deps, version));
    const isChange = stateOf(standing) !== version.state;
    // What is not good is made so again each time: a crash may have come between the row and the files.
    if (!isChange && standing.kind === "good") continue;
    const asked = await findReleaseFacts(deps.db, version.id);
    if (asked === undefined) continue;
    await withLock(deps.db, `skill:${asked.skillId}`, async () => {
      // Read again under the lock: another process may have applied the same law meanwhile.
      const facts = await findReleaseFacts(deps.db, version.id);
      if (facts !== undefined) await changeStanding(deps, law, facts, standing);
    });
    if (isChange) changed.push({ coordinate: coordinateOf(asked), to: standing.kind });
  }
  const reopenedTags = await reopen(deps, law, changed);
  await deps.registryLog.flush();
  return { changed, reopenedTags };
}

/**
 * Why a version that was published would not be any more: a waiver has ended or was taken back, and neither another nor an
 * approval has come in its place; or a later check refuses it. One that would only be held now stays published: what it
 * was approved for has not changed.
 */
async function findLapse(
  deps: LawDeps,
  { id, waived, isDoubted }: Released,
): Promise<string | null> {
  if (waived.length === 0 && !isDoubted) return null;
  const version = await findReleaseFacts(deps.db, id);
  if (version === undefined) return null;
  const { decision } = await weigh(deps, version);
  // A key that is compromised has a reason of its own.
  if (isDoubted && decision.kind === "refuse" && decision.code === "CHECK_FAILED")
    return `a check that came later speaks against it: ${decision.reasons.join("; ")}`;
  if (decision.kind !== "publish" && waived.length === 0) return null;
  if (decision.kind !== "publish")
    return `it was published with a waiver that no longer counts: ${decision.reasons.join("; ")}`;
  if (!isDeepStrictEqual(decision.waived, waived)) await putWaived(deps.db, id, decision.waived);
  return null;
}

/** The versions, published at some time, that these revocations alone would put in doubt. */
export async function listReached(
  db: Db,
  revoked: ControlSnapshot["revoked"],
): Promise<readonly string[]> {
  const reached = (await listReleased(db)).filter(
    (version) => standingOf({ revoked, yanks: [] }, version).kind === "quarantined",
  );
  return reached.map(({ team, skill, version }) => `${team}/${skill}@${version}`);
}

const stateOf = (standing: Standing) => (standing.kind === "good" ? "published" : standing.kind);
const coordinateOf = (version: ReleaseFacts) =>
  `${version.team}/${version.skill}@${version.version}`;

async function changeStanding(
  deps: LawDeps,
  law: ControlSnapshot,
  version: ReleaseFacts,
  standing: Standing,
): Promise<void> {
  // The bytes go first and come last: a crash in between leaves too little visible, never too much.
  if (standing.kind === "quarantined") await withdraw(deps, version);
  const latest = await writeStanding(deps, law, version, standing);
  if (standing.kind !== "quarantined") {
    const tar = await deps.blobs.read(version.tarSha256, MAX_TAR_BYTES);
    await storeVersion(deps, version, tar, latest.version === version.version);
    await pointAtLatest(deps, version, latest);
  }
  // What is written for readers proves its state by the line.
  await deps.registryLog.flush();
  await deps.materialise(version.skillId, version.id);
}

async function writeStanding(
  deps: LawDeps,
  law: ControlSnapshot,
  version: ReleaseFacts,
  standing: Standing,
): Promise<Latest> {
  const now = deps.clock.now();
  const state = stateOf(standing);
  const reason = standing.kind === "good" ? "the law no longer says otherwise" : standing.reason;
  return transaction(deps.db, async (tx) => {
    const change = standing.kind === "good" ? { with: version } : { without: version.id };
    const chosen = await chooseLatest(tx, version.skillId, change);
    if (version.state === state) return chosen;
    await putStanding(tx, version.id, state);
    await putLatest(tx, version.skillId, chosen.id, chosen.shownId ?? version.id, now);
    const coordinate = coordinateOf(version);
    await deps.registryLog.append(tx, [
      {
        kind: "standing",
        key: `standing:${version.tagOid}:${standing.kind}:${law.digest}:${now.getTime()}`,
        at: now.toISOString(),
        coordinate,
        tagOid: version.tagOid,
        standing: state,
        reason,
        law: law.digest,
      },
    ]);
    const action = standing.kind === "good" ? "version.restore" : `version.${standing.kind}`;
    await record(tx, {
      actor: "control",
      action,
      subject: coordinate,
      detail: { reason },
      at: now,
    });
    return chosen;
  });
}

/** Takes a version out of the repo that consumers clone, objects included. */
async function withdraw(deps: LawDeps, version: ReleaseFacts): Promise<void> {
  const rest = await chooseLatest(deps.db, version.skillId, { without: version.id });
  await removeFromStore(deps.readers, {
    dir: storeDir(deps.gitHome, version.team, version.skill),
    tagName: `${version.skill}--v${version.version}`,
    latestCommit: await findLatestCommit(deps, version, rest),
  });
}

/** Who clones without a tag gets the latest version, and never a yanked one. */
async function pointAtLatest(deps: LawDeps, version: ReleaseFacts, latest: Latest): Promise<void> {
  const newOid = await findLatestCommit(deps, version, latest);
  const dir = storeDir(deps.gitHome, version.team, version.skill);
  await updateRefs(dir, [{ ref: "refs/heads/main", newOid }]);
}

async function findLatestCommit(
  deps: LawDeps,
  { team, skill }: ReleaseFacts,
  latest: Latest,
): Promise<string | null> {
  if (latest.version === undefined) return null;
  const dir = storeDir(deps.gitHome, team, skill);
  return (await findInStore(dir, `${skill}--v${latest.version}`)) ?? null;
}

/** Once for each time that a law comes into force: judging again what did not change would only write the same down again. */
async function reopen(
  deps: LawDeps,
  law: LawInForce,
  changed: LawApplied["changed"],
): Promise<number> {
  const now = deps.clock.now();
  const { digest, commit } = law;
  return transaction(deps.db, async (tx) => {
    const key = await findLawKey(tx, law);
    const reopened = key === undefined ? [] : await reopenRefusedTags(tx, SIGNER_CODES);
    const fact = { kind: "law", at: now.toISOString(), law: digest, commit } as const;
    const isNew =
      key !== undefined &&
      (await deps.registryLog.append(tx, [{ ...fact, key, reopened: reopened.length }])) > 0;
    if (isNew || changed.length > 0)
      await record(tx, {
        actor: "control",
        action: "law.apply",
        subject: `law:${digest}`,
        detail: { commit, changed, reopenedTags: reopened.length },
        at: now,
      });
    if (!isNew) return 0;
    const sourceIds = [...new Set(reopened)];
    await deps.onReopened(tx, sourceIds, await listUnsettled(tx));
    return reopened.length;
  });
}
