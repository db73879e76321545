import { record } from "../audit/index.ts";
import type { ControlSnapshot } from "../control/index.ts";
import { transaction, type Db, type Tx } from "../db/index.ts";
import type { Clock, Log } from "../runtime/index.ts";
import { bringInForce, scanInShadow, type ScanDeps } from "./scan-version.ts";
import { nameEngine } from "./scan-report.ts";
import {
  compareShadows,
  findRollout,
  listShadows,
  listUnread,
  moveRollout,
  startRollout,
  type Rollout,
} from "./store/scans.ts";

export type RescanDeps = ScanDeps & {
  readonly law: () => Promise<ControlSnapshot>;
  readonly log: Log;
  /** Called in the transaction after which there is more to do. */
  readonly onMore: (tx: Tx) => Promise<void>;
};

/** Read in one job: so few that a process that is asked to stop can. */
const AT_ONCE = 20;

/**
 * One step on the way of an engine into force. First everything that was decided is read in its shadow, which changes
 * nothing. Then what it would change is written down; if that is more than policy lets pass by itself, it waits for
 * somebody's word. Then it counts, version by version. Can be cut off anywhere and run again.
 */
export async function rescanStep(deps: RescanDeps): Promise<Rollout["state"]> {
  const engine = nameEngine(deps.scanner);
  const rollout = await findRollout(deps.db, engine);
  if (rollout === undefined) {
    await startRollout(deps.db, engine, { now: deps.clock.now(), readSince: new Date(0) });
    return rescanStep(deps);
  }
  if (rollout.state === "waiting") return rollout.state;
  const since = rollout.readSince;
  const unread = await listUnread(deps.db, { engine, since, limit: AT_ONCE });
  for (const versionId of unread) await scanInShadow(deps, versionId);
  if (unread.length > 0) return goOn(deps, rollout.state);
  if (rollout.state === "shadow") return weighRollout(deps, rollout);
  const shadows = await listShadows(deps.db, engine, AT_ONCE);
  for (const versionId of shadows) await bringInForce(deps, versionId);
  if (shadows.length > 0) return goOn(deps, rollout.state);
  if (rollout.state === "accepted") {
    const finishedAt = deps.clock.now();
    await moveRollout(deps.db, rollout, { state: "in-force", finishedAt });
    deps.log.info({ engine }, "the scanner's rules are in force");
  }
  return "in-force";
}

async function goOn(deps: RescanDeps, state: Rollout["state"]): Promise<Rollout["state"]> {
  await transaction(deps.db, deps.onMore);
  return state;
}

/** Tells what would change and either lets it come or waits for a person. */
async function weighRollout(deps: RescanDeps, rollout: Rollout): Promise<Rollout["state"]> {
  const { engine } = rollout;
  const { scan } = (await deps.law()).policy;
  const { published, versions, changes } = await compareShadows(deps.db, engine);
  const flips = changes.filter(({ isFlip }) => isFlip).length;
  const isTooMuch = flips * 100 > scan.maxFlips * published;
  const state = isTooMuch ? "waiting" : "accepted";
  const now = deps.clock.now();
  const facts = { versions, changes: changes.length, flips, published };
  await transaction(deps.db, async (tx) => {
    const to = { state, versions, flips, changes, decidedBy: isTooMuch ? null : "policy" } as const;
    if (!(await moveRollout(tx, rollout, to))) return;
    if (!isTooMuch) await deps.onMore(tx);
    if (versions === 0) return;
    const action = isTooMuch ? "scan.wait" : "scan.accept";
    const subject = `scanner:${engine}`;
    await record(tx, { actor: "system", action, subject, detail: facts, at: now });
  });
  if (isTooMuch)
    deps.log.warn(
      { engine, ...facts },
      "new rules of the scanner would change more than policy allows: npx assay rescan --show",
    );
  else if (versions > 0)
    deps.log.info({ engine, ...facts }, "new rules of the scanner come into force");
  return state;
}

/** Somebody's word for an engine that waits; false when none of this name does. */
export async function acceptRollout(
  deps: { readonly db: Db; readonly clock: Clock; readonly onMore: (tx: Tx) => Promise<void> },
  engine: string,
  by: string,
): Promise<boolean> {
  return transaction(deps.db, async (tx) => {
    const rollout = { engine, state: "waiting" } as const;
    if (!(await moveRollout(tx, rollout, { state: "accepted", decidedBy: by }))) return false;
    const subject = `scanner:${engine}`;
    await record(tx, { actor: by, action: "scan.accept", subject, at: deps.clock.now() });
    await deps.onMore(tx);
    return true;
  });
}

/** Has this engine read everything once more. */
export async function restartRollout(
  deps: { readonly db: Db; readonly clock: Clock; readonly onMore: (tx: Tx) => Promise<void> },
  engine: string,
): Promise<void> {
  const now = deps.clock.now();
  await transaction(deps.db, async (tx) => {
    await startRollout(tx, engine, { now, readSince: now });
    await deps.onMore(tx);
  });
}
