import { dedented, endFence, opensFence, stayInFence } from "./markdown-fences.ts";
import {
  type Blocks,
  flush,
  joined,
  type Line,
  type Open,
  openProse,
  type State,
  titlesOf,
  withoutQuotes,
} from "./markdown-state.ts";
import { readTable } from "./markdown-tables.ts";

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)(.*)$/;

const ITEM = /^([ \t]{0,40})(?:[-*+•‣▪]|\(?\d{1,9}[.)]|[a-zA-Z][.)])[ \t]+(?:\[[ xX]\][ \t]+)?/;

const RULE = /^[ \t]{0,3}(?:(?:-[ \t]?){3,}|(?:\*[ \t]?){3,}|(?:_[ \t]?){3,})$/;

const DEFINITION = /^ {0,3}\[(?!\^)([^\]]{1,200})\]:[ \t]{0,20}(\S{1,2000})(?:[ \t]{1,20}(.*))?$/;

const FIELD = /^[ \t]{0,40}(?:- )?["']?([A-Za-z_][\w.-]{0,60})["']?[ \t]{0,10}:(?:[ \t](.*))?$/;

/**
 * Cuts a Markdown text into pieces, line by line and in one pass. Not markdown-it, which takes seconds for hostile
 * input and keeps what a page shows. A model reads the raw text, so leniency is right here: what might be a block is
 * one, and nothing is dropped.
 */
export function readBlocks(text: string, offset = 0): Blocks {
  const state: State = {
    pieces: [],
    hidden: [],
    definitions: [],
    headings: [],
    leads: [],
    before: "",
    open: null,
    fence: null,
    comment: null,
    table: null,
    wasBlank: true,
  };
  const lines = linesOf(text, offset);
  let index = readFields(state, lines);
  for (; index < lines.length; index += 1) {
    const line = lines[index];
    if (line !== undefined) readLine(state, line, lines[index + 1]?.text ?? "");
  }
  flush(state);
  endFence(state);
  if (state.comment !== null) endComment(state);
  return { pieces: state.pieces, hidden: state.hidden, definitions: state.definitions };
}

function linesOf(text: string, offset: number): readonly Line[] {
  const lines: Line[] = [];
  let from = text.startsWith("\uFEFF") ? 1 : 0;
  for (const found of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
    lines.push({ text: text.slice(from, found.index), offset: offset + from });
    from = found.index + found[0].length;
  }
  lines.push({ text: text.slice(from), offset: offset + from });
  return lines;
}

/** The YAML at the top, key by key, so that sentences in it are read like others. Answers the first line after it. */
function readFields(state: State, lines: readonly Line[]): number {
  if (lines[0]?.text.trimEnd() !== "---") return 0;
  const end = lines.findIndex(
    (line, index) => index > 0 && /^(?:---|\.\.\.)[ \t]{0,80}$/.test(line.text),
  );
  if (end < 0) return 0;
  for (const line of lines.slice(1, end)) {
    const field = FIELD.exec(line.text);
    if (field === null) {
      if (state.open !== null) state.open.lines.push(line);
      else openProse(state, "field", line, 0, "", false);
      continue;
    }
    flush(state);
    const value = (field[2] ?? "").replace(/^[|>][+-]?\d?$/, "");
    const at = line.text.length - value.length;
    openProse(state, "field", { text: value, offset: line.offset + at }, 0, field[1] ?? "", false);
  }
  flush(state);
  return end + 1;
}

function readLine(state: State, raw: Line, next: string): void {
  if (state.fence !== null) {
    if (stayInFence(state, state.fence, raw)) return;
    if (state.fence !== null) endFence(state);
  }
  const line = withoutComments(state, raw);
  const { text, offset, depth } = withoutQuotes(line);
  const inner = { text, offset };
  if (text.trim() === "") return readBlank(state);
  if (opensFence(state, inner, depth > 0)) return;
  if (readDefinition(state, inner)) return;
  if (readTable(state, inner, next, depth > 0)) return;
  state.table = null;
  const heading = HEADING.exec(text);
  if (heading !== null) return readHeading(state, inner, heading, depth > 0);
  if (/^[ \t]{0,3}(?:=+|-{2,})[ \t]{0,80}$/.test(text) && isSetextTitle(state.open)) {
    return underline(state, text.includes("="));
  }
  if (RULE.test(text)) return readRule(state);
  readText(state, inner, depth > 0);
  state.wasBlank = false;
}

function readBlank(state: State): void {
  flush(state);
  state.table = null;
  state.wasBlank = true;
}

function readRule(state: State): void {
  flush(state);
  state.leads = [];
  state.wasBlank = true;
}

function readText(state: State, line: Line, isQuoted: boolean): void {
  const item = ITEM.exec(line.text);
  if (item !== null) {
    flush(state);
    const indent = (item[1] ?? "").length;
    const leads = state.leads.filter((lead) => lead.indent < indent);
    state.leads = leads;
    const cut = item[0].length;
    const rest = { text: line.text.slice(cut), offset: line.offset + cut };
    if (!opensFence(state, rest, isQuoted)) {
      openProse(state, "item", rest, indent, leads.at(-1)?.text ?? "", isQuoted);
    }
    return;
  }
  if (state.open !== null && state.open.isQuoted === isQuoted) {
    state.open.lines.push(line);
    return;
  }
  flush(state);
  if (
    /^(?: {4}|\t)/.test(line.text) &&
    state.wasBlank &&
    state.leads.every((one) => one.indent < 0)
  ) {
    state.fence = { mark: " ", length: 4, info: "", isQuoted, indent: 4, lines: [] };
    state.fence.lines.push(dedented(line, 4));
    return;
  }
  const lead = state.leads.at(-1);
  openProse(
    state,
    "paragraph",
    line,
    -1,
    lead !== undefined &&
      lead.indent >= 0 &&
      (isBelow(line, lead) || /[:：]\W{0,6}$/.test(lead.text))
      ? lead.text
      : "",
    isQuoted,
  );
}

/** Whether a paragraph belongs to an item: what stands as far left as the list comes after it. */
function isBelow(line: Line, lead: { readonly indent: number }): boolean {
  return line.text.length - line.text.trimStart().length > lead.indent;
}

function readHeading(state: State, line: Line, found: RegExpExecArray, isQuoted: boolean): void {
  flush(state);
  const title = (found[2] ?? "").replace(/[ \t#]{1,80}$/, "");
  const at = line.text.length - (found[2] ?? "").length;
  enterHeading(
    state,
    (found[1] ?? "#").length,
    title,
    [{ text: title, offset: line.offset + at }],
    isQuoted,
  );
}

function enterHeading(
  state: State,
  depth: number,
  title: string,
  lines: readonly Line[],
  isQuoted: boolean,
): void {
  const above = state.headings.filter((heading) => heading.depth < depth);
  state.headings = above;
  if (title.trim() !== "") {
    const { text, starts } = joined(lines);
    state.pieces.push({
      kind: "heading",
      text,
      starts,
      headings: titlesOf(state),
      lead: "",
      isQuoted,
    });
  }
  state.headings = [...above, { depth, text: title.trim().slice(0, 200) }];
  state.leads = [];
  state.before = "";
  state.wasBlank = true;
}

function isSetextTitle(open: Open | null): boolean {
  return open !== null && open.kind === "paragraph" && open.lines.length <= 2;
}

function underline(state: State, isFirst: boolean): void {
  const lines = state.open?.lines ?? [];
  const isQuoted = state.open?.isQuoted ?? false;
  state.open = null;
  enterHeading(state, isFirst ? 1 : 2, lines.map((line) => line.text).join(" "), lines, isQuoted);
}

/** Comments become blanks, so that what stands around them keeps its place; their text is hidden text. */
function withoutComments(state: State, line: Line): Line {
  if (state.comment === null && !line.text.includes("<!--")) return line;
  const shown: string[] = [];
  let at = 0;
  while (at < line.text.length || (line.text === "" && state.comment !== null)) {
    if (state.comment !== null) {
      const end = line.text.indexOf("-->", at);
      const to = end < 0 ? line.text.length : end;
      state.comment.push({ text: line.text.slice(at, to), offset: line.offset + at });
      shown.push(" ".repeat(to - at));
      at = to;
      if (end < 0) break;
      endComment(state);
      shown.push("   ");
      at = end + 3;
      continue;
    }
    const start = line.text.indexOf("<!--", at);
    const isCode = start >= 0 && isInBackticks(line.text, at, start);
    const to = start < 0 ? line.text.length : isCode ? start + 4 : start;
    shown.push(line.text.slice(at, to));
    at = to;
    if (start < 0 || isCode) continue;
    state.comment = [];
    shown.push("    ");
    at = start + 4;
  }
  return { text: shown.join(""), offset: line.offset };
}

function isInBackticks(text: string, from: number, to: number): boolean {
  let count = 0;
  for (let at = from; at < to; at += 1) if (text.charAt(at) === "`") count += 1;
  return count % 2 === 1;
}

function endComment(state: State): void {
  const lines = state.comment ?? [];
  state.comment = null;
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return;
  state.hidden.push({ from: first.offset, to: last.offset + last.text.length });
}

function readDefinition(state: State, line: Line): boolean {
  const found = DEFINITION.exec(line.text);
  if (found === null || state.open !== null) return false;
  const title = (found[3] ?? "").trim().replace(/^["'(]|["')]$/g, "");
  state.definitions.push({
    label: found[1] ?? "",
    target: found[2] ?? "",
    title,
    offset: line.offset,
  });
  return true;
}
