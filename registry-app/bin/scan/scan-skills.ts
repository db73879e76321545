import { fileURLToPath } from "node:url";
import {
  unreadReport,
  type AdvisorySnapshot,
  type Engine,
  type ScanReport,
} from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import { bodyOf, startLane, type Lane, type LaneAnswer } from "../compose/scan-lane.ts";
import { toSkillFrames } from "./skill-frames.ts";

const CHILD = fileURLToPath(new URL("./scan-child.ts", import.meta.url));
/** A skill takes a tenth of a second; what takes this long is not read to its end. */
const DEADLINE_MS = 20_000;

export type SkillScanner = {
  scan(entries: readonly TreeEntry[], today: Date): Promise<ScanReport>;
  close(): Promise<void>;
};

export type SkillScannerWish = {
  readonly advisories: AdvisorySnapshot | null;
  readonly deadlineMs?: number;
  /** The process to run; another one in tests only. */
  readonly entry?: string;
};

/**
 * Scans one skill after the other in a process that is kept for all of them, may write nothing and start nothing, and is
 * killed when a skill takes too long: that one is `incomplete`, and the next gets a new process.
 */
export async function openSkillScanner(wish: SkillScannerWish): Promise<SkillScanner> {
  const { advisories, deadlineMs = DEADLINE_MS, entry = CHILD } = wish;
  const known = Buffer.from(JSON.stringify(advisories), "utf8");
  let isFresh = true;
  let lane = startLane(entry);
  const engine = JSON.parse(bodyOf(await lane.hello).toString("utf8")) as Engine;
  const nextLane = async (): Promise<Lane> => {
    if (!lane.isGone()) return lane;
    lane = startLane(entry);
    isFresh = true;
    bodyOf(await lane.hello);
    return lane;
  };
  return {
    async scan(entries, today) {
      const own = await nextLane();
      const frames = toSkillFrames(entries, today);
      const answer = await own.ask(isFresh ? [known, ...frames] : frames, deadlineMs);
      isFresh = false;
      if (answer.kind === "answered") return JSON.parse(answer.body.toString("utf8")) as ScanReport;
      return unreadReport(engine, sayUnread(answer, deadlineMs));
    },
    close: () => lane.kill(),
  };
}

function sayUnread(answer: Exclude<LaneAnswer, { kind: "answered" }>, deadlineMs: number): string {
  return answer.kind === "late"
    ? `Reading it took longer than ${Math.ceil(deadlineMs / 1000)} seconds.`
    : "The scanner died while it read this.";
}
