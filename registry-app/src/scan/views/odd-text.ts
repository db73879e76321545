import type { Anomaly, AnomalyKind } from "../inventory/anomaly.ts";
import type { ScanFile } from "../inventory/scan-file.ts";
import { CONFUSABLES } from "./confusables.ts";

/** Overrides turn a line around; embeddings and isolates do so when the line ends within them. */
const ORDER = /[\u202a-\u202e\u2066-\u2069]/;
const OVERRIDE = /[\u202d\u202e]/;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** A word of ASCII letters that is cut by something that nobody sees; a soft hyphen is how long words are broken. */
const CUT_WORD = /[A-Za-z]{1,40}[\u200b-\u200d\u2060-\u2064\u180e\ufeff]{1,40}[A-Za-z]{1,40}/g;
const ZERO_RUN = /[\u200b\u200c\u2060-\u2064\u180e\ufeff]{12,}/g;
const MIXED =
  /[A-Za-z\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]{4,100}/gu;
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const UNSEEN = /[\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2069\ufeff]/;
const BLANK_LINES = 200;
const BLANK_COLUMNS = 1000;
const WIDE = /[ \t\u00a0\u2000-\u200a\u3000]{1000,}(?=[^\s])/g;
const MOST = 10;

type Find = {
  readonly kind: AnomalyKind;
  readonly offset: number;
  readonly detail: string;
  readonly subject: string;
};

/** What is odd about how a text is written, whatever it says. */
export function judgeText(
  file: ScanFile,
  text: string,
  lineAt: (offset: number) => number,
): readonly Anomaly[] {
  const finds = [
    ...(UNSEEN.test(text) ? [...turnedLines(text), ...cutWords(text)] : []),
    ...(FOREIGN.test(text) ? lookAlikes(text) : []),
    ...blankLines(text),
    ...wideLines(text),
  ];
  return finds.map(({ kind, offset, detail, subject }) => ({
    kind,
    at: { file: file.path, line: lineAt(offset), via: file.via },
    detail,
    subject,
  }));
}

function turnedLines(text: string): readonly Find[] {
  if (!ORDER.test(text)) return [];
  const finds: Find[] = [];
  for (let at = 0; at < text.length && finds.length < MOST;) {
    const stop = text.indexOf("\n", at);
    const end = stop < 0 ? text.length : stop;
    const line = text.slice(at, Math.min(end, at + 4000));
    if (isTurned(line))
      finds.push({
        kind: "reading-order",
        offset: at,
        detail: "A line is shown in another order than it is read by programs.",
        subject: show(line),
      });
    at = end + 1;
  }
  return finds;
}

/** Languages from right to left need these characters; a line that has no such letter does not. */
function isTurned(line: string): boolean {
  if (!ORDER.test(line) || RIGHT_TO_LEFT.test(line)) return false;
  const opened = line.match(/[\u202a-\u202e\u2066-\u2068]/g)?.length ?? 0;
  const closed = line.match(/[\u202c\u2069]/g)?.length ?? 0;
  return OVERRIDE.test(line) || opened > closed;
}

function cutWords(text: string): readonly Find[] {
  const words = [...text.matchAll(CUT_WORD)].slice(0, 100);
  const runs = [...text.matchAll(ZERO_RUN)].slice(0, MOST);
  const first = words[0];
  return [
    ...runs.map(({ index, 0: run }): Find => ({
      kind: "zero-width",
      offset: index,
      detail: `${run.length} characters in a row are invisible.`,
      subject: "run",
    })),
    ...(words.length >= 2 && first !== undefined
      ? [
          {
            kind: "zero-width" as const,
            offset: first.index,
            detail: `${words.length} words have invisible characters in them.`,
            subject: show(first[0]),
          },
        ]
      : []),
  ];
}

function lookAlikes(text: string): readonly Find[] {
  const finds: Find[] = [];
  for (const { index, 0: word } of text.matchAll(MIXED)) {
    if (finds.length >= MOST) break;
    const skeleton = skeletonOf(word);
    if (skeleton === null) continue;
    finds.push({
      kind: "look-alike",
      offset: index,
      detail: `${JSON.stringify(word)} looks like ${JSON.stringify(skeleton)}, and is not.`,
      subject: skeleton,
    });
  }
  return finds;
}

/** What a word of two alphabets is taken for, when every foreign letter of it has a double and most letters are ASCII. */
function skeletonOf(word: string): string | null {
  if (!FOREIGN.test(word) || isSymbolic(word)) return null;
  const letters = [...word];
  const ascii = letters.filter((letter) => /[A-Za-z]/.test(letter)).length;
  const foreign = letters.filter((letter) => FOREIGN.test(letter)).length;
  if (ascii < 3 || foreign > ascii) return null;
  const skeleton = letters.map((letter) => CONFUSABLES.get(letter) ?? letter).join("");
  return FOREIGN.test(skeleton) ? null : skeleton;
}

function blankLines(text: string): readonly Find[] {
  const finds: Find[] = [];
  let blank = 0;
  for (let at = 0; at < text.length && finds.length < MOST;) {
    const stop = text.indexOf("\n", at);
    const end = stop < 0 ? text.length : stop;
    const isBlank = end - at < 200 && text.slice(at, end).trim() === "";
    if (!isBlank && blank > BLANK_LINES)
      finds.push({
        kind: "padding",
        offset: at,
        detail: `${blank} empty lines stand before it.`,
        subject: show(text.slice(at, end)),
      });
    blank = isBlank ? blank + 1 : 0;
    at = end + 1;
  }
  return finds;
}

function wideLines(text: string): readonly Find[] {
  if (!text.includes(" ".repeat(40)) && !/[\t\u00a0\u2000-\u200a\u3000]{40}/.test(text)) return [];
  return [...text.matchAll(WIDE)].slice(0, MOST).map(({ index, 0: run }): Find => {
    const offset = index + run.length;
    return {
      kind: "padding",
      offset,
      detail: `${run.length} columns of white space (${BLANK_COLUMNS} and more) stand before it.`,
      subject: show(text.slice(offset, offset + 160).split("\n", 1)[0] ?? ""),
    };
  });
}

function show(line: string): string {
  return line.trim().slice(0, 160);
}

/**
 * Greek letters that formulas and names of the sciences have among Latin ones: yfit of a fit, FcγRIIIa, NF-κB, TNFα. Only
 * Omicron and the capitals are never a symbol, and Cyrillic never is one.
 */
function isSymbolic(word: string): boolean {
  const foreign = [...word].filter((letter) => FOREIGN.test(letter));
  return new Set(foreign).size === 1 && foreign.every((letter) => /[α-ξπ-ω]/u.test(letter));
}
