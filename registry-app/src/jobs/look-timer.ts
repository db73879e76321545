import type { Db } from "../db/index.ts";
import * as queue from "../queue/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import {
  bringForward,
  chanceOf,
  listDue,
  planLooks,
  putDue,
  waitAfter,
  type Lanes,
} from "../sources/index.ts";

export type LookDeps = {
  readonly queue: queue.Queue;
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly lanes: Lanes;
};
export type LookTimer = {
  /** Looks at the clock once, now; answers how many sources were asked for. */
  tick(): Promise<number>;
  stop(): Promise<void>;
};

/** A webhook makes its source due, so that this is how long a push waits for its look at most; many pushes are one look. */
const TICK_MS = 500;
/** With the database gone, every tick would fail. */
const PAUSE_MS = 30_000;
/** Jobs that wait at most: whoever comes later has their turn soon all the same. */
const WAITING = 64;
const CANDIDATES = 1_000;
/** A source that was just declared is looked at by whoever declared it. */
const GRACE_MS = 5 * 60_000;

/**
 * Asks for a look at each source when it is due, which is what finds whatever no webhook told: fair between teams and
 * hosts, and never more at once than there is room for. At start everything is due that did not fail last.
 */
export function startLooking(deps: LookDeps): LookTimer {
  const { db, clock, log } = deps;
  let isFirst = true;
  let running: Promise<number> = Promise.resolve(0);
  let pauseUntil = 0;
  const run = async () => {
    if (clock.now().getTime() < pauseUntil) return 0;
    try {
      if (isFirst) await bringForward(db, clock.now());
      isFirst = false;
      return await askForDue(deps);
    } catch (cause) {
      log.error({ cause }, "the timer of the sources failed; it tries again in a while");
      pauseUntil = clock.now().getTime() + PAUSE_MS;
      return 0;
    }
  };
  let isBusy = false;
  const tick = () => {
    if (!isBusy) {
      isBusy = true;
      running = run().finally(() => (isBusy = false));
    }
    return running;
  };
  void tick();
  const timer = setInterval(() => void tick(), TICK_MS);
  return {
    tick,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function askForDue({ db, clock, ids, lanes, queue: ask }: LookDeps): Promise<number> {
  const now = clock.now();
  const due = await listDue(db, now, { graceMs: GRACE_MS, limit: CANDIDATES });
  if (due.length === 0) return 0;
  const { waiting } = await ask.count(queue.syncSource);
  const chosen = planLooks(due, WAITING - waiting, lanes.roomFor);
  // Before they are asked for: a job that is lost costs the time until the next look, and no look is asked for twice.
  await putDue(
    db,
    chosen.map(({ id }) => ({
      id,
      dueAt: new Date(now.getTime() + waitAfter(0, chanceOf(ids.next()))),
    })),
  );
  await ask.enqueueAll(
    db,
    queue.syncSource,
    chosen.map(({ id }) => ({ sourceId: id })),
  );
  return chosen.length;
}
