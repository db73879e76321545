import type { Language } from "../inventory/scan-file.ts";
import type { ProgramLanguage } from "../program/ir.ts";
import { readBlocks } from "./markdown-blocks.ts";
import { type Block, type LineStart, offsetAt, type Piece, type Prose } from "./markdown-state.ts";

const BOX = new Set(" \t║│┃|╔╚╗╝═─━┌└┐┘╭╰╮╯");
const COMMENT = /^[ \t]{0,80}(?:#(?!!)|\/\/|--|\*|;|REM\b)[#/*\s-]{0,10}(.*)$/i;
const MAX_DEPTH = 3;

/** The prose inside a block: text in a fence is Markdown again, and programs have comments that a model reads. */
export function piecesWithin(
  block: Block,
  language: ProgramLanguage | Language | null,
  depth = 0,
): readonly Piece[] {
  const isProse =
    language === null || language === "text" || language === "markdown" || language === "other";
  const isCode = language !== "text" && language !== "markdown" && looksLikeCode(block.text);
  if (isProse && !isCode) {
    return depth >= MAX_DEPTH ? [] : textWithin(block);
  }
  return commentsWithin(block);
}

/** A line that no sentence is: brackets, operators and semicolons at its ends, a tag, a directive of a template. */
const CODE_LINE =
  /^\s{0,200}(?:[{}()<[\]@]|\{%|--|\/\/|#(?:include|define|if)|(?:const|let|var|val|public|private|protected|static|using|import|package|namespace|class|interface|func|fn|def|return|resource|module|param|output|type|SELECT|FROM|WHERE|INSERT|CREATE|FIND)\b)|[;{}()[\],>=|&]\s{0,20}$|\w\(.{0,200}\)|\s[:=]?=\s|^\s{0,200}['"]?[\w.-]{1,60}['"]?: [^\s]{1,200}$/;
const MOST = 0.75;

/** Whether nearly all lines of a block are code: sentences in a fence with a programmer's tag stay sentences. */
function looksLikeCode(text: string): boolean {
  const lines = text.split("\n", 400).filter((line) => line.trim() !== "");
  const code = lines.filter((line) => CODE_LINE.test(line.slice(0, 400)));
  return lines.length > 2 && code.length >= MOST * lines.length;
}

function textWithin(block: Block): readonly Piece[] {
  const lines = block.text.split("\n");
  const plain = lines.map(withoutFrame).join("\n");
  return readBlocks(plain)
    .pieces.filter((piece) => piece.kind !== "block")
    .map((piece) => within(block, piece));
}

/** A line of a drawn box without its frame, every character still in its place. */
function withoutFrame(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && BOX.has(line.charAt(from))) from += 1;
  while (to > from && BOX.has(line.charAt(to - 1))) to -= 1;
  if (/^[ \t]{0,400}$/.test(line.slice(0, from))) return line.slice(0, to);
  return " ".repeat(Math.min(from, 2)) + line.slice(from, to);
}

function within(block: Block, piece: Piece): Piece {
  return {
    ...piece,
    starts: piece.starts.map((start) => ({
      at: start.at,
      offset: offsetAt(block.starts, start.offset),
    })),
    headings: [...block.headings, ...piece.headings],
    lead: piece.lead === "" ? block.lead : piece.lead,
    isQuoted: block.isQuoted || piece.isQuoted,
  };
}

/** Comment lines that follow each other are one text. */
function commentsWithin(block: Block): readonly Prose[] {
  const found: Prose[] = [];
  let texts: string[] = [];
  let starts: LineStart[] = [];
  let at = 0;
  const { headings, lead, isQuoted } = block;
  const end = () => {
    if (texts.length > 0) {
      found.push({
        kind: "comment-line",
        text: texts.join("\n"),
        starts,
        headings,
        lead,
        isQuoted,
      });
    }
    texts = [];
    starts = [];
    at = 0;
  };
  block.text.split("\n").forEach((line, index) => {
    const text = COMMENT.exec(line)?.[1] ?? "";
    if (text.trim() === "") return end();
    const offset = (block.starts[index]?.offset ?? 0) + line.length - text.length;
    texts.push(text);
    starts.push({ at, offset });
    at += text.length + 1;
  });
  end();
  return found;
}
