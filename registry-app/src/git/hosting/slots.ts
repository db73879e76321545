export type Slots = {
  /**
   * Settles with the function that gives the place back, or undefined when there was none in time. `peer` is who asks,
   * such as an address.
   */
  take(peer?: string): Promise<(() => void) | undefined>;
};

type Waiter = { readonly peer: string; enter(): void };

/**
 * At most `size` places at once, `perPeer` of them for one peer; `maxWaiting` may queue for `waitTimeoutMs`, half of
 * them of one peer. First come first served, but who has all their places lets others pass.
 */
export function createSlots(
  size: number,
  maxWaiting: number,
  waitTimeoutMs: number,
  perPeer = size,
): Slots {
  const held = new Map<string, number>();
  const waiting: Waiter[] = [];
  let taken = 0;
  const mayEnter = (peer: string) => taken < size && (held.get(peer) ?? 0) < perPeer;
  const leave = (peer: string) => {
    taken -= 1;
    const left = (held.get(peer) ?? 1) - 1;
    if (left > 0) held.set(peer, left);
    else held.delete(peer);
    const at = waiting.findIndex((one) => mayEnter(one.peer));
    if (at !== -1) waiting.splice(at, 1)[0]?.enter();
  };
  const enter = (peer: string) => {
    taken += 1;
    held.set(peer, (held.get(peer) ?? 0) + 1);
    let isGiven = false;
    return () => {
      if (!isGiven) leave(peer);
      isGiven = true;
    };
  };
  const isQueueFull = (peer: string) =>
    waiting.length >= maxWaiting ||
    (perPeer < size && waiting.filter((one) => one.peer === peer).length >= maxWaiting / 2);
  return {
    take: async (peer = "") => {
      if (mayEnter(peer)) return enter(peer);
      if (isQueueFull(peer)) return undefined;
      return new Promise((resolve) => {
        const waiter: Waiter = {
          peer,
          enter: () => {
            clearTimeout(timer);
            resolve(enter(peer));
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(waiter), 1);
          resolve(undefined);
        }, waitTimeoutMs);
        waiting.push(waiter);
      });
    },
  };
}
