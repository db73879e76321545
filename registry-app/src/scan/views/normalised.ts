import { CONFUSABLES } from "./confusables.ts";

/** Zero-width, bidi and soft characters, tags and selectors: nothing that a reader sees. Joiners between emoji stay. */
const UNSEEN =
  /[\u00ad\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\u{e0001}-\u{e007f}]|\u034f|(?<=[\x21-\x7e])[\u200d\p{Variation_Selector}]|\p{Variation_Selector}(?=[\x21-\x7e])/gu;
/** Compatibility forms of Latin letters and digits: full width, mathematical, circled, squared, superscript. */
const DRESSED =
  /[\uff01-\uff5e\u{1d400}-\u{1d7ff}\u24b6-\u24e9\u2460-\u2473\u{1f110}-\u{1f12b}\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u2100-\u2149\u2160-\u217f\u1d2c-\u1d6a]{1,4096}/gu;
/** Words of letters of scripts that are mistaken for each other. */
const WORD =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Nd}_⁄∕․‐‑−∶]{2,200}/gu;
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
  const isForeign = countOf(text, FOREIGN_ALL) * 20 > text.length;
  const seen = text.replace(UNSEEN, "");
  const plain = seen.replace(DRESSED, (run) => (isCjkPunctuation(run) ? run : undress(run)));
  const result = FOREIGN.test(plain)
    ? plain.replace(WORD, (word) => resolveWord(word, isForeign))
    : plain;
  return withoutMark(result) === withoutMark(text) ? null : result;
}

/** Full-width commas and brackets are how Chinese and Japanese are written. */
function isCjkPunctuation(run: string): boolean {
  return /^[！（），．：；？～＂＇［］｛｝＋－＝％＆＊＃＠／＜＞｜]{1,3}$/.test(run);
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

function resolveWord(word: string, isForeign: boolean): string {
  if (!FOREIGN.test(word)) return word;
  const letters = [...word];
  const skeleton = letters.map((letter) => CONFUSABLES.get(letter) ?? letter).join("");
  if (FOREIGN.test(skeleton)) return word;
  // Mixed within one word, or foreign letters only in a text that is not of that language.
  return LATIN.test(word) || (!isForeign && letters.length >= 3) ? skeleton : word;
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count += 1;
  return count;
}
