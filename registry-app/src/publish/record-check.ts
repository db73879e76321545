import { transaction, type Db, type Tx } from "../db/index.ts";
import { Refusal, type Clock, type Ids } from "../runtime/index.ts";
import { findReleaseFacts, putCheck, type CheckReport } from "./store/decisions.ts";

export type { CheckReport } from "./store/decisions.ts";

/**
 * Records the outcome of a scan or an eval and asks for a decision in the same transaction. The reporter decides
 * nothing: it may only say what one engine version found for one version.
 */
export async function recordCheck(
  deps: {
    readonly db: Db;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly onCheck: (tx: Tx, versionId: string) => Promise<void>;
  },
  report: CheckReport,
): Promise<void> {
  if ((await findReleaseFacts(deps.db, report.versionId)) === undefined) {
    throw new Refusal("not-found", "There is no such version to record a check for.");
  }
  await transaction(deps.db, async (tx) => {
    await putCheck(tx, report, deps.ids, deps.clock.now());
    await deps.onCheck(tx, report.versionId);
  });
}
