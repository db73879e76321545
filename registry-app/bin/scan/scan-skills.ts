import { unreadReport, type AdvisorySnapshot, type ScanReport } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import type { LaneAnswer } from "../compose/scan-lane.ts";
import { openSkillLane, type SkillLaneWish } from "./skill-lane.ts";

/** A skill takes a tenth of a second; what takes this long is not read to its end. */
export const SKILL_DEADLINE_MS = 20_000;

export type SkillScanner = {
  scan(entries: readonly TreeEntry[], today: Date): Promise<ScanReport>;
  close(): Promise<void>;
};

export type SkillScannerWish = Partial<SkillLaneWish> & {
  readonly advisories: AdvisorySnapshot | null;
};

/** Scans one skill after the other; one that takes too long is `incomplete`. */
export async function openSkillScanner(wish: SkillScannerWish): Promise<SkillScanner> {
  const { advisories, deadlineMs = SKILL_DEADLINE_MS, ...rest } = wish;
  const order = { wants: "report", advisories } as const;
  const lane = await openSkillLane({ ...rest, order, deadlineMs });
  return {
    async scan(entries, today) {
      const answer = await lane.ask(entries, today);
      if (answer.kind === "answered") return JSON.parse(answer.body.toString("utf8")) as ScanReport;
      return unreadReport(lane.engine, sayUnread(answer, deadlineMs));
    },
    close: () => lane.close(),
  };
}

function sayUnread(answer: Exclude<LaneAnswer, { kind: "answered" }>, deadlineMs: number): string {
  return answer.kind === "late"
    ? `Reading it took longer than ${Math.ceil(deadlineMs / 1000)} seconds.`
    : "The scanner died while it read this.";
}
