import { fileURLToPath } from "node:url";
import type { Engine } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import { bodyOf, startLane, type Lane, type LaneAnswer } from "../compose/scan-lane.ts";
import { toSkillFrames, type SkillOrder } from "./skill-frames.ts";

const CHILD = fileURLToPath(new URL("./scan-child.ts", import.meta.url));

export type SkillLane = {
  readonly engine: Engine;
  ask(entries: readonly TreeEntry[], today: Date): Promise<LaneAnswer>;
  close(): Promise<void>;
};

export type SkillLaneWish = {
  /** What every skill is asked for. */
  readonly order: SkillOrder;
  readonly deadlineMs: number;
  /** The process to run; another one in tests only. */
  readonly entry?: string;
};

/**
 * Reads one skill after the other in a process that is kept for all of them, may write nothing and start nothing, and is
 * killed when a skill takes too long: the next one gets a new process.
 */
export async function openSkillLane(wish: SkillLaneWish): Promise<SkillLane> {
  const { order, deadlineMs, entry = CHILD } = wish;
  const orderFrame = Buffer.from(JSON.stringify(order), "utf8");
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
    engine,
    async ask(entries, today) {
      const own = await nextLane();
      const frames = toSkillFrames(entries, today);
      const answer = await own.ask(isFresh ? [orderFrame, ...frames] : frames, deadlineMs);
      isFresh = false;
      return answer;
    },
    close: () => lane.kill(),
  };
}
