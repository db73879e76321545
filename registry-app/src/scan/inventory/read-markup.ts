import { textPart, type Budget, type Odd, type Opened, type Part } from "./part.ts";

const SCRIPT_OPEN = /<script\b[^>]{0,500}>/gi;
const HANDLER =
  /\son(?:load|click|error|begin|end|mouseover|focus|activate)[ \t]{0,4}=[ \t]{0,4}(["'])([^"']{1,2000})\1/gi;
const COMMENT = /<!--([\s\S]{1,20000}?)-->/g;

/** Text, comments and scripts of an SVG or another XML text, each on the line on which it stands. */
export function readMarkup(text: string, isPicture: boolean, budget: Budget): Opened {
  const cut = text.slice(0, budget.limits.metadataBytes * 4);
  const scripts = scriptsIn(cut);
  const code = keepLines(cut, scripts);
  const comments = keepLines(
    cut,
    [...cut.matchAll(COMMENT)].map(({ index, 1: body = "" }) => ({
      start: index + 4,
      end: index + 4 + body.length,
    })),
  );
  const shown = withoutTags(cut, scripts);
  const parts: Part[] = [
    ...(shown.trim() === "" ? [] : [textPart("text.txt", shown)]),
    ...(comments.trim() === ""
      ? []
      : [{ ...textPart("comments.txt", comments), via: "comment" as const }]),
    ...(code.trim() === "" ? [] : [textPart("scripts.js", code, "javascript")]),
  ];
  const isActive = isPicture && code.trim() !== "";
  const odd: Odd[] = isActive
    ? [
        {
          kind: "active-content",
          detail: "It is a picture that holds a script.",
          subject: "script",
        },
      ]
    : [];
  return {
    parts,
    odd,
    gaps: cut.length < text.length ? ["Only its beginning was read as markup."] : [],
  };
}

type Span = { readonly start: number; readonly end: number };

function scriptsIn(text: string): readonly Span[] {
  const blocks: Span[] = [];
  let last = 0;
  for (const { index, 0: tag } of text.matchAll(SCRIPT_OPEN)) {
    if (index < last) continue;
    const start = index + tag.length;
    const close = text.indexOf("</script", start);
    const end = close < 0 ? text.length : close;
    blocks.push({ start, end });
    last = end;
  }
  const handlers = [...text.matchAll(HANDLER)]
    .map(({ index, 0: whole, 2: body = "" }) => ({
      start: index + whole.length - 1 - body.length,
      end: index + whole.length - 1,
    }))
    .filter(({ start }) => !blocks.some((block) => start >= block.start && start < block.end));
  return [...blocks, ...handlers].toSorted((a, b) => a.start - b.start);
}

/** Nothing but the spans, with all line ends before and between them, so that lines count as in the file. */
function keepLines(text: string, spans: readonly Span[]): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start < at) continue;
    kept.push(text.slice(at, start).replace(/[^\n]{1,65536}/g, ""), text.slice(start, end));
    at = end;
  }
  return kept.join(" ");
}

/** What is shown: no tags, no comments, no scripts; lines stay. */
export function withoutTags(text: string, skip: readonly Span[]): string {
  const kept: string[] = [];
  let next = 0;
  for (let at = 0; at < text.length;) {
    const open = text.indexOf("<", at);
    const end = open < 0 ? text.length : open;
    const span = skip[next];
    if (span !== undefined && span.start <= at) {
      next += 1;
      kept.push(linesOf(text, at, Math.max(at, span.end)));
      at = Math.max(at, span.end);
      continue;
    }
    kept.push(text.slice(at, end));
    if (open < 0) break;
    const isComment = text.startsWith("<!--", open);
    const close = text.indexOf(isComment ? "-->" : ">", open);
    const after = close < 0 ? text.length : close + (isComment ? 3 : 1);
    kept.push(" ", linesOf(text, open, after));
    at = after;
  }
  return decodeEntities(kept.join(""));
}

function linesOf(text: string, start: number, end: number): string {
  return text.slice(start, end).replace(/[^\n]{1,65536}/g, "");
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

function decodeEntities(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
}
