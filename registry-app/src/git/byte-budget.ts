/** Lets so many bytes be under way at once and makes the rest wait their turn; one larger than the budget goes alone. */
export type ByteBudget = {
  take(sizeBytes: number): Promise<void>;
  give(sizeBytes: number): void;
};

export function createByteBudget(limitBytes: number): ByteBudget {
  const waiting: { readonly sizeBytes: number; readonly start: () => void }[] = [];
  let usedBytes = 0;
  const fits = (sizeBytes: number) => usedBytes === 0 || usedBytes + sizeBytes <= limitBytes;
  return {
    take(sizeBytes) {
      if (waiting.length === 0 && fits(sizeBytes)) {
        usedBytes += sizeBytes;
        return Promise.resolve();
      }
      return new Promise((start) => void waiting.push({ sizeBytes, start }));
    },
    give(sizeBytes) {
      usedBytes -= sizeBytes;
      for (let next = waiting[0]; next !== undefined && fits(next.sizeBytes); next = waiting[0]) {
        waiting.shift();
        usedBytes += next.sizeBytes;
        next.start();
      }
    },
  };
}
