import { transaction, type Db, type Tx, type VersionState } from "../db/index.ts";
import { Refusal, type Clock, type Ids } from "../runtime/index.ts";
import { toLoggedCheck } from "./logged-check.ts";
import type { RegistryLog } from "./registry-log.ts";
import { findReleaseFacts, lockVersion, putCheck, type CheckReport } from "./store/decisions.ts";
import type { ReleaseFacts } from "./types.ts";

const RELEASED: ReadonlySet<VersionState> = new Set(["published", "yanked", "quarantined"]);

/** Whether it was published at some time. */
export function isReleased({ state }: { readonly state: VersionState }): boolean {
  return RELEASED.has(state);
}

export type { CheckReport } from "./store/decisions.ts";

export type RecordDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registryLog: Pick<RegistryLog, "append" | "flush">;
  /** Called in the same transaction: the version is to be decided again, or held against the law if it was released. */
  readonly onCheck: (tx: Tx, versionId: string, isReleased: boolean) => Promise<void>;
  /** Makes the JSON that answers with Postgres down say what is recorded of a skill. */
  readonly alignFiles: (skillId: string) => Promise<void>;
};

/**
 * Records the outcome of a scan or an eval and asks for a decision in the same transaction. The reporter decides
 * nothing: it may only say what one engine version found for one version.
 */
export async function recordCheck(deps: RecordDeps, report: CheckReport): Promise<void> {
  const version = await findReleaseFacts(deps.db, report.versionId);
  if (version === undefined)
    throw new Refusal("not-found", "There is no such version to record a check for.");
  const isLate = await transaction(deps.db, (tx) => writeCheck(deps, tx, version, report));
  if (isLate) await tellLate(deps, version);
}

/** As `recordCheck`, in the caller's transaction; the caller calls what it gives after the commit. */
export async function recordCheckIn(
  tx: Tx,
  deps: RecordDeps,
  report: CheckReport,
): Promise<() => Promise<void>> {
  const version = await findReleaseFacts(tx, report.versionId);
  const isLate = version !== undefined && (await writeCheck(deps, tx, version, report));
  return async () => {
    if (isLate) await tellLate(deps, version);
  };
}

/** What came after the decision is in nobody's files yet. */
export async function tellLate(
  { registryLog, alignFiles }: Pick<RecordDeps, "registryLog" | "alignFiles">,
  { skillId }: Pick<ReleaseFacts, "skillId">,
): Promise<void> {
  await registryLog.flush();
  await alignFiles(skillId);
}

/**
 * As `recordCheck`, in the caller's transaction. True when it came after the decision: then it has a line of its own in
 * the log, and the caller calls `tellLate`.
 */
export async function writeCheck(
  deps: RecordDeps,
  tx: Tx,
  version: ReleaseFacts,
  report: CheckReport,
): Promise<boolean> {
  const now = deps.clock.now();
  const { name, engineVersion, outcome, summary, score, findings, detail } = report;
  const locked = await lockVersion(tx, version.id);
  await putCheck(tx, report, deps.ids, now);
  const isLate = locked !== undefined && locked.decidedAt !== null;
  if (isLate) {
    const { advisories } = detail;
    const check = { name, engineVersion, outcome, summary, score, findings, finishedAt: now };
    await deps.registryLog.append(tx, [
      {
        kind: "checked",
        key: `checked:${version.tagOid}:${name}:${engineVersion}:${now.getTime()}`,
        at: now.toISOString(),
        coordinate: `${version.team}/${version.skill}@${version.version}`,
        source: version.source.slug,
        tag: version.tagName,
        tagOid: version.tagOid,
        digest: version.digest,
        check: toLoggedCheck(advisories === undefined ? check : { ...check, advisories }),
      },
    ]);
  }
  await deps.onCheck(tx, version.id, isReleased(locked ?? version));
  return isLate;
}
