import { latin1 } from "../views/decode-text.ts";

const ASCII = /[\x20-\x7e\t]{6,2000}/g;
const WIDE = /(?:[\x20-\x7e]\0){6,500}/g;

/** Printable runs of a binary, as ASCII and as UTF-16, one a line, up to a number of characters. */
export function stringsOf(
  bytes: Uint8Array,
  maxChars: number,
): { readonly text: string; readonly isCut: boolean } {
  const raw = latin1(bytes);
  const found: string[] = [];
  let total = 0;
  for (const pattern of [ASCII, WIDE])
    for (const [run] of raw.matchAll(pattern)) {
      if (total > maxChars) return { text: found.join("\n"), isCut: true };
      const text = pattern === WIDE ? run.replaceAll("\0", "") : run;
      if (!/[A-Za-z]{3}/.test(text)) continue;
      found.push(text);
      total += text.length + 1;
    }
  return { text: found.join("\n"), isCut: false };
}
