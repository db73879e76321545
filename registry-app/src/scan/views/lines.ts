/** The line, counted from 1 by line feeds, of an offset; the table is made at the first question. */
export function lineCounter(text: string): (offset: number) => number {
  let starts: Uint32Array | null = null;
  return (offset) => {
    starts ??= lineStarts(text);
    return searchLine(starts, offset);
  };
}

/** For text whose parts come from lines that are known: `from[i]` is the first offset that `lines[i]` holds for. */
export function lineTable(
  from: readonly number[],
  lines: readonly number[],
): (offset: number) => number {
  return (offset) => lines[searchLine(from, offset) - 1] ?? 1;
}

/** The offset at which each line begins. */
export function lineStarts(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  const starts = new Uint32Array(count);
  let line = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    line += 1;
    starts[line] = at + 1;
  }
  return starts;
}

/** How many of the starts are at or before the offset. */
function searchLine(starts: ArrayLike<number>, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(1, low);
}
