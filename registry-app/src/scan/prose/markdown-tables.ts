import { flush, type Line, openProse, type State } from "./markdown-state.ts";

const DELIMITER = /^[ \t]{0,10}\|?[ \t]{0,10}:?-{1,200}[-:| \t]{0,2000}$/;

export function readTable(state: State, line: Line, next: string, isQuoted: boolean): boolean {
  const isRow = line.text.includes("|");
  if (!isRow) return false;
  const isDelimiter = DELIMITER.test(line.text);
  const begins = !isDelimiter && DELIMITER.test(next) && next.includes("|");
  if (state.table === null && !begins && !/^[ \t]{0,10}\|.{0,4000}\|[ \t]{0,10}$/.test(line.text))
    return false;
  flush(state);
  if (isDelimiter) {
    state.table ??= [];
    return true;
  }
  const cells = cellsOf(line);
  const heads = begins || state.table === null ? null : state.table;
  cells.forEach((cell, column) => {
    openProse(state, "cell", cell, 99, heads?.[column] ?? "", isQuoted);
    flush(state);
  });
  if (heads === null) state.table = cells.map((cell) => cell.text.trim().slice(0, 100));
  return true;
}

function cellsOf(line: Line): readonly Line[] {
  const cells: Line[] = [];
  let from = 0;
  let isCode = false;
  for (let at = 0; at <= line.text.length; at += 1) {
    const character = line.text.charAt(at);
    if (character === "`") isCode = !isCode;
    const isEnd = at === line.text.length;
    if (!isEnd && (character !== "|" || isCode || line.text.charAt(at - 1) === "\\")) continue;
    const text = line.text.slice(from, at);
    if (text.trim() !== "") cells.push({ text, offset: line.offset + from });
    from = at + 1;
  }
  return cells;
}
