import { looksLikeCommand } from "./command-lines.ts";

/** One line of a piece: where it begins in the piece's text and in the text that was read. */
export type LineStart = { readonly at: number; readonly offset: number };

type Common = {
  readonly text: string;
  readonly starts: readonly LineStart[];
  /** Headings that it stands under, outermost first. */
  readonly headings: readonly string[];
  /** What introduces it: the line before a block, the sentence with a colon before a list, the head of a column. */
  readonly lead: string;
  readonly isQuoted: boolean;
};

export type Prose = Common & {
  readonly kind: "heading" | "paragraph" | "item" | "cell" | "field" | "comment-line";
};

export type Block = Common & { readonly kind: "block"; readonly info: string };

export type Piece = Prose | Block;

/** Text that a reader of the rendered page does not see: from one offset to another. */
export type Hidden = { readonly from: number; readonly to: number };

/** `target` of a `[label]: target "title"` line. */
export type Definition = {
  readonly label: string;
  readonly target: string;
  readonly title: string;
  readonly offset: number;
};

export type Blocks = {
  readonly pieces: readonly Piece[];
  readonly hidden: readonly Hidden[];
  readonly definitions: readonly Definition[];
};

export type Line = { text: string; readonly offset: number };

export type Fence = {
  readonly mark: string;
  readonly length: number;
  readonly info: string;
  readonly isQuoted: boolean;
  readonly indent: number;
  readonly lines: Line[];
};

export type Open = {
  readonly kind: Prose["kind"];
  readonly indent: number;
  readonly isQuoted: boolean;
  readonly lead: string;
  readonly lines: Line[];
};

export type State = {
  readonly pieces: Piece[];
  readonly hidden: Hidden[];
  readonly definitions: Definition[];
  headings: readonly { readonly depth: number; readonly text: string }[];
  leads: readonly { readonly indent: number; readonly text: string }[];
  /** The text just before, for a block that follows. */
  before: string;
  open: Open | null;
  fence: Fence | null;
  /** A comment that goes on, with its lines so far. */
  comment: Line[] | null;
  table: readonly string[] | null;
  wasBlank: boolean;
};

const MAX_QUOTES = 20;

export function openProse(
  state: State,
  kind: Prose["kind"],
  line: Line,
  indent: number,
  lead: string,
  isQuoted: boolean,
): void {
  state.open = { kind, indent, isQuoted, lead, lines: [line] };
}

/** Ends the paragraph, item or field that is being read. */
export function flush(state: State): void {
  const open = state.open;
  if (open === null) return;
  state.open = null;
  const { text, starts } = joined(open.lines);
  if (text.trim() === "") return;
  const headings = titlesOf(state);
  const common = { text, starts, headings, lead: open.lead, isQuoted: open.isQuoted };
  state.pieces.push({ kind: open.kind, ...common });
  if (open.kind === "paragraph" && looksLikeCommand(text)) {
    state.pieces.push({ kind: "block", info: "", ...common });
  }
  if (open.kind === "field") return;
  state.before = text;
  // A sentence that ends with a colon speaks for the list that follows it, an item for the items below it.
  if (open.kind === "item" || /[:：][*_`]{0,4}\s{0,20}$/.test(text.slice(-40))) {
    const lead = text.slice(-300);
    state.leads = [
      ...state.leads.filter((one) => one.indent < open.indent).slice(-8),
      { indent: open.indent, text: lead },
    ];
  } else if (open.kind === "paragraph") {
    state.leads = [];
  }
}

export function joined(lines: readonly Line[]): { text: string; starts: readonly LineStart[] } {
  let at = 0;
  const starts: LineStart[] = [];
  for (const line of lines) {
    starts.push({ at, offset: line.offset });
    at += line.text.length + 1;
  }
  return { text: lines.map((line) => line.text).join("\n"), starts };
}

export function titlesOf(state: State): readonly string[] {
  return state.headings.map((heading) => heading.text);
}

export function withoutQuotes(line: Line): { text: string; offset: number; depth: number } {
  let cut = 0;
  let depth = 0;
  for (; depth < MAX_QUOTES; depth += 1) {
    const mark = /^ {0,3}> ?/.exec(line.text.slice(cut, cut + 6));
    if (mark === null) break;
    cut += mark[0].length;
  }
  return { text: line.text.slice(cut), offset: line.offset + cut, depth };
}

/** Where a place of a piece lies in the text that was read. */
export function offsetAt(starts: readonly LineStart[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const start = starts[low];
  return start === undefined ? at : start.offset + (at - start.at);
}
