const EVERY_MS = 5 * 60_000;
const LONGEST_MS = 60 * 60_000;
/** Part of the wait that chance decides, so that sources that were asked for together drift apart. */
const JITTER = 0.2;

/**
 * How long until the next look: five minutes after one that succeeded, twice as long after each further one that failed,
 * up to an hour. `chance` is from 0 to 1.
 */
export function waitAfter(failures: number, chance: number): number {
  const base = Math.min(EVERY_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
  return Math.round(base * (1 - JITTER * chance));
}

/** A number from 0 to 1 out of a new id. */
export function chanceOf(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(-8), 16) / 0xffffffff;
}

export type DueSource = {
  readonly id: string;
  readonly teamId: string;
  /** Null for a hosted source, which is no farther than the disk. */
  readonly url: string | null;
};

/**
 * Those that are asked for now, in the order given, at most `limit`: no more of one host or one team than there is room
 * for, so that what waits for a slow one does not stand before the others.
 */
export function planLooks(
  due: readonly DueSource[],
  limit: number,
  roomFor: (lane: string) => number,
): DueSource[] {
  const taken = new Map<string, number>();
  const chosen: DueSource[] = [];
  for (const source of due) {
    if (chosen.length >= limit) break;
    const lanes = lanesOf(source);
    if (lanes.some((lane) => (taken.get(lane) ?? 0) >= roomFor(lane))) continue;
    for (const lane of lanes) taken.set(lane, (taken.get(lane) ?? 0) + 1);
    chosen.push(source);
  }
  return chosen;
}

/** What a look at this source keeps busy: the host it lives on, and its team's share. */
export function lanesOf({ url, teamId }: Omit<DueSource, "id">): string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { host } = new URL(url);
  return [...(host === "" ? [] : [`host:${host.toLowerCase()}`]), `team:${teamId}`];
}
