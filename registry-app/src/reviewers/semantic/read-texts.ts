import { makeVisible, type FileCoverage } from "../../scan/index.ts";
import type { ReviewedFile } from "../reviewer.ts";

export type Text = {
  readonly path: string;
  readonly lines: readonly string[];
};

/** Consecutive lines of one file, written as they are shown. */
type Piece = { readonly path: string; readonly shown: string };

/** What fits into one question. */
export type Part = readonly Piece[];

export type Reading = {
  readonly texts: ReadonlyMap<string, Text>;
  readonly parts: readonly Part[];
  /** Texts that the model is not shown, or not whole. */
  readonly gaps: readonly FileCoverage[];
};

export type Budget = { readonly questions: number; readonly charactersEach: number };

/** What has no text for a model is judged by the scan alone. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Lays out the texts of a skill for as many questions as there may be: SKILL.md first, then prose, then the rest. */
export function readTexts(files: readonly ReviewedFile[], budget: Budget): Reading {
  const texts = new Map<string, Text>();
  const gaps: FileCoverage[] = [];
  const parts: Piece[][] = [];
  let room = 0;
  for (const { path, bytes } of files.toSorted(inOrder)) {
    if (bytes.includes(0)) continue;
    const isShort = bytes.length <= MAX_TEXT_BYTES;
    const lines = isShort ? Buffer.from(bytes).toString("utf8").split(/\r?\n/) : [];
    let isWhole = isShort;
    let shownLines = 0;
    for (const shown of isShort ? cutPieces(lines, budget.charactersEach) : []) {
      const sizeOf = shown.length + path.length + FENCE_LENGTH;
      if (sizeOf > room) {
        if (parts.length >= budget.questions) {
          isWhole = false;
          break;
        }
        parts.push([]);
        room = budget.charactersEach + path.length + FENCE_LENGTH;
      }
      parts.at(-1)?.push({ path, shown });
      room -= sizeOf;
      shownLines += 1;
    }
    if (shownLines > 0) texts.set(path, { path, lines });
    if (!isWhole) gaps.push(leftOut(path, shownLines > 0));
  }
  return { texts, parts, gaps };
}

const FENCE_LENGTH = 120;

function leftOut(file: string, isInPart: boolean): FileCoverage {
  const because = isInPart
    ? "The model was not shown all of it: the skill holds more text than is asked about."
    : "The model was not shown it: the skill holds more text than is asked about.";
  return { file, state: "partly", because };
}

function inOrder(one: ReviewedFile, other: ReviewedFile): number {
  return rank(one.path) - rank(other.path) || (one.path < other.path ? -1 : 1);
}

function rank(path: string): number {
  if (path === "SKILL.md") return 0;
  return /\.(?:md|mdx|txt|markdown|html?)$/i.test(path) ? 1 : 2;
}

/** Numbered lines, with what nobody sees written out; together no longer than a question takes. */
function* cutPieces(lines: readonly string[], most: number): Generator<string> {
  let piece = "";
  for (const [index, line] of lines.entries()) {
    for (const shown of cutLine(line, most)) {
      const numbered = `${index + 1}| ${shown}\n`;
      if (piece !== "" && piece.length + numbered.length > most) {
        yield piece;
        piece = "";
      }
      piece += numbered;
    }
  }
  if (piece.trim() !== "") yield piece;
}

/** Half a question at most, also when every character has to be written out. */
function* cutLine(line: string, most: number): Generator<string> {
  const step = Math.max(1, Math.floor(most / 2 / WRITTEN_OUT_LENGTH));
  if (line.length <= step) yield makeVisible(line);
  else for (let at = 0; at < line.length; at += step) yield makeVisible(line.slice(at, at + step));
}

const WRITTEN_OUT_LENGTH = 10;
