/** Runs what is listed, at most `atOnce` at a time, and gives the results in the order of the list. The first throw ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const open = items.entries();
  let hasFailed = false;
  const work = async () => {
    for (const [index, item] of open) {
      if (hasFailed) return;
      try {
        results.set(index, await run(item));
      } catch (cause) {
        hasFailed = true;
        throw cause;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return [...results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
}
