/** A copy of the source in which lines were indented, and the way back to offsets of the original. */
export type Indented = {
  readonly source: string;
  readonly toOriginal: (offset: number) => number;
};

const INDENT = " ".repeat(16);

/**
 * Indents the lines of the quoted text that is open at `offset`, so that a reader which asks for indentation can read on;
 * folding drops the spaces again. The reference allows such lines at any column. Undefined when no quote closes it.
 */
export function indentQuoted(source: string, offset: number, quote: string): Indented | undefined {
  const close = findClose(source, offset, quote);
  if (close === undefined) return undefined;
  const starts: number[] = [];
  const first = source[offset - 1] === "\n" ? offset - 1 : offset;
  for (
    let at = source.indexOf("\n", first);
    at >= 0 && at < close;
    at = source.indexOf("\n", at + 1)
  )
    starts.push(at + 1);
  if (starts.length === 0) return undefined;
  const pieces = starts.map((start, index) => INDENT + source.slice(start, starts[index + 1]));
  return {
    source: source.slice(0, starts[0]) + pieces.join(""),
    toOriginal: (at) => {
      const passed = starts.filter((start, index) => at >= start + index * INDENT.length).length;
      return Math.max(at - passed * INDENT.length, starts[passed - 1] ?? 0);
    },
  };
}

function findClose(source: string, offset: number, quote: string): number | undefined {
  for (let at = offset; at < source.length; at += 1) {
    if (quote === '"' && source[at] === "\\") at += 1;
    else if (source[at] === quote) {
      if (quote === '"' || source[at + 1] !== quote) return at;
      at += 1;
    }
  }
  return undefined;
}
