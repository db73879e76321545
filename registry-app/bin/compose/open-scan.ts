import { parseEngine, parseReport, type ScanEngine } from "../../src/publish/index.ts";
import { BUNDLED_SNAPSHOT, unreadReport, type AdvisorySnapshot } from "../../src/scan/index.ts";
import type { Log } from "../../src/runtime/index.ts";
import { bodyOf, startLane, type Lane, type LaneAnswer } from "./scan-lane.ts";

export type ScanPool = ScanEngine & { close(): Promise<void> };

export type ScanWish = {
  readonly log: Log;
  /** By which bad packages are known; the bundled ones when absent. */
  readonly advisories?: AdvisorySnapshot;
  /** The process to run; another one in tests only. */
  readonly entry?: string;
  readonly deadlineMs?: number;
};

/** A skill that takes longer is not read: half a second is long for one. */
const DEADLINE_MS = 20_000;
/** Skills that are read at once; one that takes its whole time does not keep the others waiting. */
export const SCANS_AT_ONCE = 2;

/**
 * The scanner in processes of its own, which are kept for the next skill and killed when one takes too long: a skill
 * that was not read whole is `incomplete`, and never passes. The first is started at once, so that a push need not wait.
 */
export async function openScan(wish: ScanWish): Promise<ScanPool> {
  const { log, entry, deadlineMs = DEADLINE_MS, advisories = BUNDLED_SNAPSHOT } = wish;
  const known = Buffer.from(JSON.stringify(advisories), "utf8");
  const idle: Lane[] = [];
  const all = new Set<Lane>();
  /** Lanes that have the advisories. */
  const told = new WeakSet<Lane>();
  let isClosing = false;
  const start = () => {
    const lane = startLane(entry);
    all.add(lane);
    return lane;
  };
  const first = start();
  const engine = parseEngine(bodyOf(await first.hello));
  const hello = { engine, advisoriesAt: new Date(advisories.takenAt) };
  idle.push(first);
  const takeLane = async (): Promise<Lane> => {
    const kept = idle.pop();
    if (kept !== undefined && !kept.isGone()) return kept;
    if (kept !== undefined) return takeLane();
    const lane = start();
    const said = parseEngine(bodyOf(await lane.hello));
    if (said.rules !== engine.rules || said.version !== engine.version)
      throw new Error("the scanner was changed while this runs");
    return lane;
  };
  const give = (lane: Lane) => {
    if (lane.isGone()) all.delete(lane);
    else idle.push(lane);
  };
  const askOnce = async (tar: Uint8Array, today: Date): Promise<LaneAnswer> => {
    const lane = await takeLane();
    try {
      const question = [Buffer.from(today.toISOString(), "latin1"), tar];
      const frames = told.has(lane) ? question : [known, ...question];
      told.add(lane);
      return await lane.ask(frames, deadlineMs);
    } finally {
      give(lane);
    }
  };
  return {
    ...hello,
    async scan(tar, today) {
      let because = "";
      for (let attempt = 1; attempt <= 2; attempt++) {
        const answer = await askOnce(tar, today);
        // Being stopped says nothing about the skill.
        if (isClosing) throw new Error("the scanner is being stopped");
        if (answer.kind === "answered") return parseReport(answer.body);
        if (answer.kind === "late") {
          log.warn({ deadlineMs }, "a skill took too long to read");
          const seconds = Math.ceil(deadlineMs / 1000);
          return unreadReport(engine, `Reading it took longer than ${seconds} s.`);
        }
        log.warn({ attempt, because: answer.because }, "the scan process died over a skill");
        because = "The scanner died twice while it read this.";
      }
      return unreadReport(engine, because);
    },
    async close() {
      isClosing = true;
      await Promise.all([...all].map((lane) => lane.kill()));
    },
  };
}
