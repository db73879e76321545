import { CONFUSABLES } from "./confusables.ts";

/** Zero-width, bidi and soft characters, tags and selectors: nothing that a reader sees. */
const UNSEEN =
  /[\p{Variation_Selector}\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\u{e0001}-\u{e007f}]{1,65536}/gu;
/** They matter where they touch a letter or sign of ASCII; in emoji and in other scripts they have their work to do. */
const TOUCHED = /[A-Za-z!-/:-@[-`{-~]/;
const FLAG_OR_KEYCAP = /^(?:\p{Variation_Selector}|[\u{e0030}-\u{e007a}]{2,6}\u{e007f})$/u;
/** Compatibility forms of Latin letters and digits: full width, mathematical, circled, squared, superscript. */
const DRESSED =
  /[\uff01-\uff5e\u{1d400}-\u{1d7ff}\u24b6-\u24e9\u2460-\u2473\u{1f110}-\u{1f12b}\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u2100-\u2149\u2160-\u217f\u1d2c-\u1d6a]{1,4096}/gu;
const DRESSED_LETTER = /[^\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e]/gu;
/** One alone is a symbol (ℹ, ℝ); inside of a word it is a letter. */
const LETTERS = 3;
/** Words of letters of scripts that are mistaken for each other. */
const WORD =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}⁄∕․‐‑−∶]{2,200}/gu;
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}⁄∕․∶]/u;
const FOREIGN_ALL = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu;
const LATIN = /[A-Za-z]/;
const MAYBE =
  /[\p{Variation_Selector}\u00ad\u0370-\u058f\u115f\u1160\u13a0-\u13ff\u180e\u1d00-\u1dbf\u200b-\u206f\u2100-\u218f\u2460-\u24ff\u3164\ufeff\uff01-\uffa0\u{1d400}-\u{1d7ff}\u{1f110}-\u{1f189}\u{e0001}-\u{e007f}]|\u034f/u;

/**
 * The text without what nobody sees and with look-alikes as the letters that they are taken for, or null when that is
 * the text itself. Line ends stay where they are. Words that are wholly of another script are words of that language.
 */
export function normalise(text: string): string | null {
  if (!MAYBE.test(text)) return null;
  const seen = text.replace(UNSEEN, (run, at: number) =>
    isTouched(run, text.charAt(at - 1), text.charAt(at + run.length)) ? "" : run,
  );
  const plain = seen.replace(DRESSED, (run, at: number) =>
    isWord(run, seen.charAt(at - 1) + seen.charAt(at + run.length)) ? undress(run) : run,
  );
  const result = FOREIGN.test(plain) ? resolveWords(plain) : plain;
  return withoutMark(result) === withoutMark(text) ? null : result;
}

function isTouched(run: string, before: string, after: string): boolean {
  if (run.length > 12) return true;
  return TOUCHED.test(before) || (TOUCHED.test(after) && !FLAG_OR_KEYCAP.test(run));
}

/** Commas and brackets of full width are how Chinese and Japanese are written: letters decide. */
function isWord(run: string, around: string): boolean {
  const letters = countOf(run, DRESSED_LETTER);
  return (
    letters >= LETTERS ||
    (letters > 0 && LATIN.test(around) && /[\uff10-\uff5a\u{1d400}-\u{1d7ff}]/u.test(run))
  );
}

function undress(run: string): string {
  return run
    .normalize("NFKC")
    .replace(/[\r\n]/g, " ")
    .replace(/[\u{1f130}-\u{1f189}]/gu, squared);
}

function squared(letter: string): string {
  const offset = ((letter.codePointAt(0) ?? 0) - 0x1f130) % 32;
  return offset < 26 ? String.fromCharCode(65 + offset) : letter;
}

function resolveWords(text: string): string {
  const words = text.match(WORD) ?? [];
  // Words that no Latin letters can stand for: the text is of that language, and so are those that they could.
  const isForeign = words.filter((word) => FOREIGN.test(skeletonOf(word))).length >= LETTERS;
  return text.replace(WORD, (word) => resolveWord(word, isForeign));
}

function skeletonOf(word: string): string {
  if (!FOREIGN.test(word)) return word;
  return [...word].map((letter) => CONFUSABLES.get(letter) ?? letter).join("");
}

function resolveWord(word: string, isForeign: boolean): string {
  const skeleton = skeletonOf(word);
  if (skeleton === word || FOREIGN.test(skeleton)) return word;
  // Mixed within one word, or foreign letters only in a text that is not of that language.
  const isMixed = LATIN.test(word) && /[A-Za-z]{2}/.test(skeleton);
  return isMixed || (!isForeign && countOf(word, FOREIGN_ALL) >= LETTERS) ? skeleton : word;
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count += 1;
  return count;
}
