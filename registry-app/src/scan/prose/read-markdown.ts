import type { TextView } from "../inventory/scan-file.ts";
import type { Layer } from "../facts.ts";
import type { Link } from "../rules/rule.ts";
import { isInlineCommand, looksLikeShell } from "./command-lines.ts";
import type { Directive, Standing } from "./directives.ts";
import { readHiddenElements } from "./hidden-elements.ts";
import { languageOfTag } from "./languages.ts";
import { readBlocks } from "./markdown-blocks.ts";
import { type Block, type LineStart, offsetAt, type Piece } from "./markdown-state.ts";
import { piecesWithin } from "./nested-prose.ts";
import { readDirectives } from "./read-directives.ts";
import type { CodeBlock, InlineCode, MarkdownReading } from "./reading.ts";
import { isToldOfOthers, standingOf } from "./standing.ts";
import { lex, type RawLink } from "./tokens.ts";

export type { MarkdownReading } from "./reading.ts";

/** Texts longer than this are read up to it, and say so: no honest instruction for a model comes near. */
const MAX_CHARACTERS = 1_000_000;

/** Reads Markdown, or any prose: code, links, directives and what a page does not show, each with its line. */
export function readMarkdown(view: TextView): MarkdownReading {
  const text = view.text.slice(0, MAX_CHARACTERS);
  const { pieces, hidden, definitions } = readBlocks(text);
  const reader: Reader = {
    view,
    blocks: [],
    inlineCode: [],
    links: [],
    directives: [],
    hidden: [],
    shown: new Set(),
  };
  for (const piece of pieces) readPiece(reader, piece);
  for (const one of hidden) addHidden(reader, text.slice(one.from, one.to), one.from, ["comment"]);
  for (const one of readHiddenElements(text)) {
    addHidden(reader, text.slice(one.from, one.to), one.from, ["comment"]);
  }
  for (const one of definitions) {
    const isComment =
      /^(?:\/\/|#|comment|_|\s{0,4})$/i.test(one.label) || /^(?:#|<>|<#>)$/.test(one.target);
    if (isComment || isSentence(one.title)) addHidden(reader, one.title, one.offset, ["comment"]);
    if (!isComment) addLink(reader, { ...one, text: one.label }, one.offset, [], "plain");
  }
  const parts = partsOf(reader, pieces);
  return {
    blocks: reader.blocks,
    inlineCode: reader.inlineCode,
    links: reader.links,
    directives: reader.directives,
    hidden: reader.hidden,
    headingsAt: (line) => partAt(parts, line)?.headings ?? [],
    standingAt: (line) =>
      reader.shown.has(line) ? "warning" : (partAt(parts, line)?.standing ?? "plain"),
    cutOff:
      text.length < view.text.length
        ? `Only the first ${MAX_CHARACTERS} of ${view.text.length} characters were read as prose.`
        : null,
  };
}

type Reader = {
  readonly view: TextView;
  readonly blocks: CodeBlock[];
  readonly inlineCode: InlineCode[];
  readonly links: Link[];
  readonly directives: Directive[];
  readonly hidden: TextView[];
  /** Lines with a command that others are said to have used. */
  readonly shown: Set<number>;
};

function readPiece(reader: Reader, piece: Piece): void {
  if (piece.kind === "block") return readBlock(reader, piece);
  const standing = standingOf(piece);
  const { tokens, links } = lex(piece.text);
  const { headings, starts } = piece;
  for (const link of links) {
    const offset = offsetAt(starts, link.at);
    if (isSentence(link.title)) addHidden(reader, link.title, offset, ["comment"]);
    if (link.isImage && isSentence(link.text)) addHidden(reader, link.text, offset, ["comment"]);
    addLink(reader, link, offset, headings, standing);
  }
  for (const token of tokens) {
    if (token.kind !== "code") continue;
    const offset = offsetAt(starts, token.at);
    const line = reader.view.lineAt(offset);
    const language = isInlineCommand(token.text) ? "shell" : null;
    const view = viewOf(reader.view, token.text, [{ at: 0, offset }], "inline-code");
    if (standing === "plain" && isToldOfOthers(piece.text, token.at)) reader.shown.add(line);
    reader.inlineCode.push({ text: token.text, language, line, headings, standing, view });
  }
  const lineAt = (at: number) => reader.view.lineAt(offsetAt(starts, at));
  reader.directives.push(...readDirectives({ piece, tokens, standing, view: reader.view, lineAt }));
}

function readBlock(reader: Reader, block: Block): void {
  const tagged = languageOfTag(block.info);
  const language = tagged ?? (looksLikeShell(block.text) ? "shell" : null);
  const standing = standingOf(block);
  const view = viewOf(reader.view, block.text, block.starts, "fence");
  const line = view.lineAt(0);
  const { text, headings, info } = block;
  reader.blocks.push({ text, language, line, headings, standing, info, view });
  for (const piece of piecesWithin(block, language)) readPiece(reader, piece);
}

/** A text of its own whose lines are those of the file. */
function viewOf(of: TextView, text: string, starts: readonly LineStart[], layer: Layer): TextView {
  return {
    file: of.file,
    text,
    lineAt: (offset) => of.lineAt(offsetAt(starts, offset)),
    via: [...of.via, layer],
  };
}

function addHidden(reader: Reader, text: string, offset: number, layers: readonly Layer[]): void {
  if (!/\p{L}{2}/u.test(text)) return;
  const { view } = reader;
  reader.hidden.push({
    file: view.file,
    text,
    lineAt: (at) => view.lineAt(Math.min(offset + at, view.text.length)),
    via: [...view.via, ...layers],
  });
}

function addLink(
  reader: Reader,
  link: Pick<RawLink, "text" | "target">,
  offset: number,
  headings: readonly string[],
  standing: Standing,
): void {
  const { view } = reader;
  const at = { file: view.file.path, line: view.lineAt(offset), via: view.via };
  reader.links.push({ at, text: link.text, target: link.target, headings, standing });
}

/** Five words or more: too much for a name or a title. */
function isSentence(text: string): boolean {
  return /(?:[\p{L}\p{N}'’]+[\s,]+){4}[\p{L}\p{N}]/u.test(text.slice(0, 2000));
}

type Part = {
  readonly line: number;
  readonly headings: readonly string[];
  readonly standing: Standing;
};

function partsOf(reader: Reader, pieces: readonly Piece[]): readonly Part[] {
  return pieces.map((piece) => ({
    line: reader.view.lineAt(piece.starts[0]?.offset ?? 0),
    headings: piece.headings,
    standing: standingOf(piece),
  }));
}

/** The last part that begins at or before a line; a block's fence line counts as what stands before it. */
function partAt(parts: readonly Part[], line: number): Part | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}
