import type { Layer } from "../facts.ts";
import { rot13, reverse, unescapeOne } from "./decoders.ts";
import { lineTable } from "./lines.ts";

/** Lines of a text that say something else once they are resolved. */
export type Resolved = {
  readonly layer: Layer;
  readonly text: string;
  readonly lineAt: (offset: number) => number;
};

type Way = {
  readonly layer: Layer;
  /** A cheap look whether any line can be concerned. */
  readonly hint: RegExp;
  /** The line as it is meant, or null when nothing was hidden in it. */
  readonly resolve: (line: string) => string | null;
};

const ESCAPE =
  /\\x[0-9a-f]{2}|\\u\{[0-9a-f]{1,6}\}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[0-3][0-7]{2}/gi;
const PERCENT = /%[0-9a-f]{2}|%u[0-9a-f]{4}/gi;
const ENTITY = /&#x[0-9a-f]{1,6};|&#\d{1,7};|&(?:amp|lt|gt|quot|apos|nbsp);/gi;
/** Letters and digits never need an escape: so many of them on one line are there to hide it. */
const NEEDLESS = 4;
const MAX_LINE = 65_536;
const MAX_LINES = 2000;

/** Words of commands and instructions, each letter 13 further. */
const ROT13 =
  /\b(?:uggcf?:\/\/|phey|jtrg|onfu|riny|rkrp|fhocebprff|bf\.flfgrz|vzcbeg|vtaber|cerivbhf|vafgehpgvbaf?|frperg|cnffjbeq|gbxra|clguba3?|rpub|onfr64|fhqb|puzbq|erdhverf?|punyq_cebprff|flfgrz|jvgubhg|nffvfgnag|hcybnq|rkrphgr)\b|\/rgp\/cnffjq|~\/\.ffu/gi;
const REVERSED =
  /\/\/:s?ptth|hsab\/nib\/|\bhsab\b|\blruc\b|\btegw\b|\bcexe\b|\blave\b|\bssecorpbus\b|metsys\.so|snoitcurtsni|\berongi\b|dwssap\/cte\//g;

const WAYS: readonly Way[] = [
  { layer: "escape", hint: /\\[xuU0-3][0-9a-f{]/i, resolve: (line) => unescape(line, ESCAPE, 2) },
  { layer: "url", hint: /%u?[0-9a-f]{2}/i, resolve: resolvePercent },
  { layer: "escape", hint: /&#x?[0-9a-f]{2}/i, resolve: (line) => unescape(line, ENTITY, 2) },
  {
    layer: "rot13",
    hint: new RegExp(ROT13.source, "i"),
    resolve: (line) => (isTold(line, ROT13) ? rot13(line) : null),
  },
  {
    layer: "string",
    hint: new RegExp(REVERSED.source),
    resolve: (line) => (isTold(line, REVERSED) ? reverse(line) : null),
  },
];

/** For each way of escaping, the lines that it changes, as one text. */
export function resolveEscapes(
  text: string,
  lineAt: (offset: number) => number,
): readonly Resolved[] {
  return WAYS.flatMap((way) => {
    return way.hint.test(text) ? resolveLines(text, lineAt, way) : [];
  });
}

function resolveLines(
  text: string,
  lineAt: (offset: number) => number,
  { layer, resolve }: Way,
): readonly Resolved[] {
  const parts: string[] = [];
  const from: number[] = [];
  const lines: number[] = [];
  let length = 0;
  for (let at = 0; at < text.length && parts.length < MAX_LINES;) {
    const stop = text.indexOf("\n", at);
    const end = Math.min(stop < 0 ? text.length : stop, at + MAX_LINE);
    const resolved = end > at ? resolve(text.slice(at, end)) : null;
    if (resolved !== null) {
      parts.push(resolved);
      from.push(length);
      lines.push(lineAt(at));
      length += resolved.length + 1;
    }
    at = end === stop ? end + 1 : end;
  }
  return parts.length === 0
    ? []
    : [{ layer, text: parts.join("\n"), lineAt: lineTable(from, lines) }];
}

function unescape(line: string, pattern: RegExp, rounds: number): string | null {
  let needless = 0;
  const resolved = line.replace(pattern, (escape) => {
    const letter = unescapeOne(escape);
    if (/^[\w ]$/.test(letter) && escape !== "&nbsp;") needless += 1;
    return letter;
  });
  if (needless < NEEDLESS) return null;
  return rounds > 1 ? (unescape(resolved, pattern, rounds - 1) ?? resolved) : resolved;
}

/** Blanks in an address are escaped for a reason; a long text in an address is still read. */
function resolvePercent(line: string): string | null {
  const resolved = unescape(line, PERCENT, 2);
  if (resolved !== null) return resolved;
  const twice = line.includes("%25") ? line.replaceAll("%25", "%") : line;
  return twice === line ? null : unescape(twice, PERCENT, 2);
}

/** Two such words, or one that cannot be anything else. */
function isTold(line: string, pattern: RegExp): boolean {
  const words = new Set(
    [...line.slice(0, 4096).matchAll(pattern)].map(([word]) => word.toLowerCase()),
  );
  return words.size >= 2 || [...words].some((word) => /[/:.]/.test(word) || word.length > 8);
}
