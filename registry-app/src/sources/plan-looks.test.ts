import { describe, expect, it } from "vitest";
import { createLanes } from "./lanes.ts";
import { chanceOf, lanesOf, planLooks, waitAfter, type DueSource } from "./plan-looks.ts";

const MINUTE_MS = 60_000;

describe("the wait until the next look", () => {
  it.each([
    [0, 5],
    [1, 5],
    [2, 10],
    [3, 20],
    [4, 40],
    [5, 60],
    [6, 60],
    [1000, 60],
  ])(
    "after %i failed ones is %i minutes, and by chance up to a fifth less",
    (failures, minutes) => {
      expect(waitAfter(failures, 0)).toBe(minutes * MINUTE_MS);
      expect(waitAfter(failures, 1)).toBe(minutes * MINUTE_MS * 0.8);
    },
  );

  it("takes its chance from the end of an id", () => {
    expect(chanceOf("00000000-0000-4000-8000-000000000000")).toBe(0);
    expect(chanceOf("00000000-0000-4000-8000-0000ffffffff")).toBe(1);
  });
});

const of = (teamId: string, host: string, count: number): DueSource[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${teamId}-${host}-${at}`,
    teamId,
    url: `https://${host}/${at}.git`,
  }));

describe("choosing among sources that are due", () => {
  it("takes no more of one host or team than there is room for, and goes on with the others", () => {
    const lanes = createLanes({ host: 2, team: 3 });
    const due = [...of("a", "slow", 5), ...of("a", "one", 2), ...of("b", "slow", 1)];
    const ids = planLooks([...due, ...of("b", "two", 1)], 10, lanes.roomFor).map(({ id }) => id);
    expect(ids).toEqual(["a-slow-0", "a-slow-1", "a-one-0", "b-two-0"]);
  });

  it("counts what is under way, and gives the place back when it ends", () => {
    const lanes = createLanes({ host: 1, team: 9 });
    const [first] = of("a", "slow", 1);
    const leave = first && lanes.enter(lanesOf(first));
    expect(planLooks(of("b", "slow", 1), 9, lanes.roomFor)).toEqual([]);
    expect(lanes.enter(["host:slow", "team:c"])).toBeUndefined();
    expect(lanes.roomFor("team:c")).toBe(9);
    leave?.();
    expect(planLooks(of("b", "slow", 1), 9, lanes.roomFor)).toHaveLength(1);
  });

  it("lets hosted sources through, which wait for no host, up to the limit", () => {
    const hosted = Array.from({ length: 9 }, (_, at) => ({ id: `${at}`, teamId: "a", url: null }));
    expect(planLooks(hosted, 5, () => 0)).toHaveLength(5);
    expect(planLooks(hosted, -1, () => 0)).toEqual([]);
  });
});
