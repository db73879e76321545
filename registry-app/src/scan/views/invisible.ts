import { isTextLike, readAsText } from "./text-like.ts";
import { lineTable } from "./lines.ts";

/** A text that was carried by what nobody sees. */
export type Uncovered = { readonly text: string; readonly lineAt: (offset: number) => number };

export type Invisible = { readonly found: readonly Uncovered[]; readonly isCut: boolean };

const ANY = /[\p{Variation_Selector}\u{e0001}-\u{e007f}\u200b-\u200f\u2060-\u2064\u180e\ufeff]/u;
/** The flags of England, Scotland and Wales: a black flag, a country in tags, an end. */
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu;
const TAGS = /[\u{e0020}-\u{e007e}]{1,65536}/gu;
/** One selector after a character is how emoji are told to be in colour; several in a row say nothing visible. */
const SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,65536}/gu;
const ZERO_WIDTH = /[\u200b-\u200f\u2060-\u2064\u180e\ufeff]{1,65536}/gu;
/** Runs with less than this many characters between them are one text. */
const APART = 400;
const LEAST_BITS = 64;
const MOST_PIECES = 20;

/** Text in Unicode tags, in variation selectors, and in zero-width characters taken as bits. */
export function uncoverInvisible(
  text: string,
  lineAt: (offset: number) => number,
  maxChars: number,
): Invisible {
  if (!ANY.test(text)) return { found: [], isCut: false };
  const tags = gather(text.replace(FLAG, blank), TAGS, fromTags, maxChars);
  const selectors = gather(text, SELECTORS, fromSelectors, maxChars);
  const bits = readBits(text, maxChars);
  const pieces = [
    ...tags.pieces.filter(({ text: one }) => one.trim().length >= 3),
    ...selectors.pieces.filter(({ text: one }) => isTextLike(one) || one.trim().length >= 4),
    ...bits,
  ];
  return {
    found: pieces.slice(0, MOST_PIECES).map((piece) => uncovered(piece, lineAt)),
    isCut: tags.isCut || selectors.isCut || pieces.length > MOST_PIECES,
  };
}

type Piece = { text: string; readonly from: number[]; readonly at: number[] };

function uncovered({ text, from, at }: Piece, lineAt: (offset: number) => number): Uncovered {
  const lines = at.map(lineAt);
  return { text, lineAt: lineTable(from, lines) };
}

function blank(match: string): string {
  return " ".repeat(match.length);
}

function gather(
  text: string,
  pattern: RegExp,
  read: (run: string) => string,
  maxChars: number,
): { readonly pieces: readonly Piece[]; readonly isCut: boolean } {
  const pieces: {
    readonly parts: string[];
    length: number;
    readonly from: number[];
    readonly at: number[];
  }[] = [];
  let [total, end] = [0, -APART - 1];
  let isCut = false;
  for (const match of text.matchAll(pattern)) {
    const said = read(match[0]);
    if (total + said.length > maxChars) {
      isCut = true;
      break;
    }
    total += said.length;
    const last = pieces.at(-1);
    const piece =
      last !== undefined && match.index - end <= APART
        ? last
        : { parts: [], length: 0, from: [], at: [] };
    if (piece !== last) pieces.push(piece);
    piece.from.push(piece.length);
    piece.at.push(match.index);
    piece.parts.push(said);
    piece.length += said.length;
    end = match.index + match[0].length;
  }
  return {
    pieces: pieces.map(({ parts, from, at }) => ({ text: parts.join(""), from, at })),
    isCut,
  };
}

/** A tag character is its ASCII neighbour, moved up by U+E0000: the low surrogate alone tells which. */
function fromTags(run: string): string {
  const codes = new Uint8Array(run.length >> 1);
  for (let at = 1; at < run.length; at += 2) codes[at >> 1] = (run.charCodeAt(at) - 0xdc00) & 0x7f;
  return Buffer.from(codes.buffer).toString("latin1");
}

function fromSelectors(run: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < run.length; at += 1) {
    const code = run.codePointAt(at) ?? 0;
    if (code > 0xffff) at += 1;
    bytes.push(code > 0xffff ? code - 0xe0100 + 16 : code - 0xfe00);
  }
  const packed = new Uint8Array(bytes);
  return (
    readAsText(packed) ??
    Buffer.from(packed)
      .toString("latin1")
      .replace(/[^\x20-\x7e\n]/g, "")
  );
}

/** Two kinds of zero-width character are 0 and 1; which is which, and how many bits a letter has, is tried. */
function readBits(text: string, maxChars: number): readonly Piece[] {
  const runs = [...text.matchAll(ZERO_WIDTH)].slice(0, maxChars);
  const all = runs
    .map(([run]) => run)
    .join("")
    .slice(0, maxChars);
  if (all.length < LEAST_BITS) return [];
  const counts = new Map<string, number>();
  for (const letter of all) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const [one, two] = [...counts].toSorted((a, b) => b[1] - a[1]).map(([letter]) => letter);
  if (one === undefined || two === undefined) return [];
  const kept = [...all].filter((letter) => letter === one || letter === two);
  for (const zero of [one, two])
    for (const width of [8, 7, 16]) {
      const said = fromBits(kept, zero, width);
      if (said !== null) return [{ text: said, from: [0], at: [runs[0]?.index ?? 0] }];
    }
  return [];
}

function fromBits(letters: readonly string[], zero: string, width: number): string | null {
  const count = Math.floor(letters.length / width);
  const codes = Array.from({ length: count }, (_, index) => {
    let value = 0;
    for (let at = 0; at < width; at += 1)
      value = (value << 1) | (letters[index * width + at] === zero ? 0 : 1);
    return value;
  });
  const text = codes.map((code) => String.fromCharCode(code)).join("");
  return isTextLike(text) && !/[^\s\x20-\x7e]/.test(text) ? text : null;
}
