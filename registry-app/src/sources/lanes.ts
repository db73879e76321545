/** How many fetches run at once in this process for each host and each team. */
export type Lanes = {
  roomFor(lane: string): number;
  /** Takes a place in each of them, or in none; what is returned gives them back. */
  enter(lanes: readonly string[]): (() => void) | undefined;
};

/** Of the eight looks that a worker has under way, a host may keep four busy and a team six. */
const ROOM = { host: 4, team: 6 } as const;

export function createLanes(room: { readonly host: number; readonly team: number } = ROOM): Lanes {
  const busy = new Map<string, number>();
  const roomFor = (lane: string) =>
    (lane.startsWith("host:") ? room.host : room.team) - (busy.get(lane) ?? 0);
  const add = (lanes: readonly string[], by: 1 | -1) => {
    for (const lane of lanes) {
      const count = (busy.get(lane) ?? 0) + by;
      if (count === 0) busy.delete(lane);
      else busy.set(lane, count);
    }
  };
  return {
    roomFor,
    enter(lanes) {
      if (lanes.some((lane) => roomFor(lane) <= 0)) return undefined;
      add(lanes, 1);
      return () => add(lanes, -1);
    },
  };
}
