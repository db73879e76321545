export type Slots = {
  /** Settles with the function that gives the place back, or undefined when there was none in time. */
  take(): Promise<(() => void) | undefined>;
};

/** At most `size` places at once; `maxWaiting` may queue for `waitTimeoutMs`, first come first served. */
export function createSlots(size: number, maxWaiting: number, waitTimeoutMs: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const give = () => {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  };
  const once = () => {
    let isGiven = false;
    return () => {
      if (!isGiven) give();
      isGiven = true;
    };
  };
  return {
    take: async () => {
      if (taken < size) {
        taken += 1;
        return once();
      }
      if (waiting.length >= maxWaiting) return undefined;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(enter), 1);
          resolve(undefined);
        }, waitTimeoutMs);
        const enter = () => {
          clearTimeout(timer);
          resolve(once());
        };
        waiting.push(enter);
      });
    },
  };
}
