import {
  flush,
  joined,
  type Fence,
  type Line,
  type State,
  titlesOf,
  withoutQuotes,
} from "./markdown-state.ts";

const FENCE = /^([ \t]{0,40})(`{3,}|~{3,})(.*)$/;

export function opensFence(state: State, line: Line, isQuoted: boolean): boolean {
  const found = FENCE.exec(line.text);
  const mark = found?.[2] ?? "";
  const info = (found?.[3] ?? "").trim();
  const html = /^[ \t]{0,20}<pre(?:[ \t][^>]{0,200})?>/i.exec(line.text);
  if (html !== null) {
    flush(state);
    const rest = { text: line.text.slice(html[0].length), offset: line.offset + html[0].length };
    state.fence = { mark: "</pre>", length: 0, info: "", isQuoted, indent: 0, lines: [] };
    stayInFence(state, state.fence, rest);
    return true;
  }
  if (found === null || (mark.startsWith("`") && info.includes("`"))) return false;
  flush(state);
  const indent = (found[1] ?? "").length;
  state.fence = { mark: mark.charAt(0), length: mark.length, info, isQuoted, indent, lines: [] };
  return true;
}

/** Takes a line into the open block; answers false when the block had ended before that line. */
export function stayInFence(state: State, fence: Fence, raw: Line): boolean {
  if (fence.mark === "</pre>") {
    const end = raw.text.toLowerCase().indexOf("</pre>");
    fence.lines.push(end < 0 ? raw : { text: raw.text.slice(0, end), offset: raw.offset });
    if (end >= 0) endFence(state);
    return true;
  }
  const inner = fence.isQuoted ? withoutQuotes(raw) : { ...raw, depth: 1 };
  if (fence.isQuoted && inner.depth === 0) return false;
  if (fence.mark === " ") {
    if (inner.text.trim() !== "" && !/^(?: {4}|\t)/.test(inner.text)) return false;
    fence.lines.push(dedented(inner, 4));
    return true;
  }
  const found = FENCE.exec(inner.text);
  const mark = found?.[2] ?? "";
  const isEnd =
    mark.startsWith(fence.mark) && mark.length >= fence.length && (found?.[3] ?? "").trim() === "";
  if (isEnd) endFence(state);
  else fence.lines.push(dedented(inner, fence.indent));
  return true;
}

export function dedented(line: Line, indent: number): Line {
  const white = /^[ \t]{0,40}/.exec(line.text)?.[0].length ?? 0;
  const cut = line.text.startsWith("\t") ? Math.min(white, 1) : Math.min(white, indent);
  return { text: line.text.slice(cut), offset: line.offset + cut };
}

export function endFence(state: State): void {
  const fence = state.fence;
  if (fence === null) return;
  state.fence = null;
  const { text, starts } = joined(fence.lines);
  const lead = state.leads.at(-1)?.text ?? state.before.slice(-300);
  state.wasBlank = true;
  if (text.trim() === "") return;
  const headings = titlesOf(state);
  state.pieces.push({
    kind: "block",
    info: fence.info,
    text,
    starts,
    headings,
    lead,
    isQuoted: fence.isQuoted,
  });
}
