import type { Layer } from "../facts.ts";
import { fromBase32, fromBase64, fromBase85, fromHex, reverse } from "./decoders.ts";

/** A stretch of text that a decoder could open. `tries` are made in their order; the first that reads as something counts. */
export type Candidate = {
  readonly offset: number;
  readonly length: number;
  readonly tries: readonly Try[];
};

export type Try = { readonly layer: Layer; readonly open: () => Uint8Array | null };

const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX_RUN = /(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{20,}(?![0-9A-Za-z])/g;
const HEX_PAIRS = /(?<![0-9A-Za-z])[0-9a-fA-F]{2}(?:[ :-][0-9a-fA-F]{2}){9,}(?![0-9A-Za-z])/g;
const BASE32_RUN = /(?<![A-Z0-9])[A-Z2-7]{16,}={0,6}(?![A-Z0-9])/g;
const ASCII85 = /<~[!-uz\s]{16,65536}~>/g;
const LITERAL = /b?(["'])([^"'\s\\]{20,})\1/g;
const CHAR_CODES =
  /(?<![\d.])(?:(?:0x[0-9a-fA-F]{2}|\d{2,3})[ \t\r\n]{0,8}[,;][ \t\r\n]{0,16}){8,}(?:0x[0-9a-fA-F]{2}|\d{2,3})(?![\d.])/g;
const CALLED_CODES =
  /(?:(?:chr|char|String\.fromCharCode|\[char\]|ChrW?)[ \t]{0,2}\(?[ \t]{0,2}(?:0x)?[0-9a-fA-F]{2,3}[ \t]{0,2}\)?[ \t]{0,2}[+.,&|]{0,2}[ \t\r\n]{0,8}){4,}/gi;
const BINARY = /(?<![\w.])[01]{8}(?:[ ,]?[01]{8}){8,}(?![\w.])/g;

/** Between two pieces of one literal stand quotes, an operator and a line end, and not much of it. */
const GLUE =
  /^[ \t]{0,4}["'`]?[ \t]{0,8}[+.,\\&()]{0,2}[ \t]{0,8}\r?\n?[ \t]{0,80}(?:[+.,>|#*]|\/\/)?[ \t]{0,8}[bru]?["'`]?$/;
const GLUE_CHARS = 120;

/** Stretches in order of offset; those that overlap are alternatives, and the caller takes the first that opens. */
export function findCandidates(text: string): readonly Candidate[] {
  if (text.length < 16) return [];
  return [
    ...base64In(text),
    ...simple(text, HEX_RUN, "hex", (run) => fromHex(run.replace(/^0x/, ""))),
    ...simple(text, HEX_PAIRS, "hex", (run) => fromHex(run.replace(/[ :-]/g, ""))),
    ...simple(text, BASE32_RUN, "base32", fromBase32),
    ...simple(text, ASCII85, "base85", (run) =>
      fromBase85(run.slice(2, -2).replace(/\s/g, ""), 33),
    ),
    ...base85In(text),
    ...simple(text, CHAR_CODES, "char-codes", (run) =>
      fromCodes(run.match(/0x[0-9a-f]{2}|\d{2,3}/gi) ?? []),
    ),
    ...simple(text, CALLED_CODES, "char-codes", (run) =>
      fromCodes(run.match(/(?<![\w])0x[0-9a-f]{2}|(?<=[([ ,\]])\d{2,3}/gi) ?? []),
    ),
    ...simple(
      text,
      BINARY,
      "char-codes",
      (run) =>
        new Uint8Array((run.match(/[01]{8}/g) ?? []).map((bits) => Number.parseInt(bits, 2))),
    ),
  ];
}

function simple(
  text: string,
  pattern: RegExp,
  layer: Layer,
  open: (run: string) => Uint8Array | null,
): readonly Candidate[] {
  return [...text.matchAll(pattern)].map(({ index, 0: run }) => ({
    offset: index,
    length: run.length,
    tries: [{ layer, open: () => open(run) }],
  }));
}

type Run = { readonly offset: number; readonly end: number; readonly text: string };

function base64In(text: string): readonly Candidate[] {
  const runs = [...text.matchAll(BASE64_RUN)]
    .filter(([run]) => mayBeBase64(run))
    .map(({ index, 0: run }): Run => ({
      offset: index,
      end: index + run.length,
      text: run,
    }));
  const groups: Run[][] = [];
  for (const run of runs) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && isGlued(text, last, run)) group.push(run);
    else groups.push([run]);
  }
  return groups.flatMap((group) => {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const singles = group.map((run) => base64Candidate(run.offset, run.end, run.text));
    if (group.length === 1) return singles;
    const joined = group.map((run) => run.text).join("");
    return [base64Candidate(first.offset, last.end, withTail(text, last, joined)), ...singles];
  });
}

/** Names and paths have no capitals, or signs of both alphabets; one in a thousand encoded texts is like that. */
function mayBeBase64(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z\d]/.test(run) && !(/[_-]/.test(run) && /[+/]/.test(run));
}

/** The last piece of a split literal may be shorter than what counts as a run of its own. */
function withTail(text: string, last: Run, joined: string): string {
  const after = text.slice(last.end, last.end + GLUE_CHARS);
  const tail = /^(["'`]?[^\w+/=-]{1,100})([A-Za-z0-9+/_-]{1,15}={0,2})/.exec(after);
  return tail !== null && GLUE.test(tail[1] ?? "") ? joined + (tail[2] ?? "") : joined;
}

function isGlued(text: string, one: Run, two: Run): boolean {
  if (two.offset - one.end > GLUE_CHARS || one.text.endsWith("=")) return false;
  return GLUE.test(text.slice(one.end, two.offset));
}

function base64Candidate(offset: number, end: number, run: string): Candidate {
  const backwards = (): Uint8Array | null =>
    run.length >= 24 ? fromBase64(reverse(run).replace(/^=+/, "")) : null;
  return {
    offset,
    length: end - offset,
    tries: [
      { layer: "base64", open: () => fromBase64(run) },
      { layer: "base64", open: backwards },
    ],
  };
}

/** Only what stands in quotes, has punctuation that base64 lacks, and no words: prose in quotes has blanks. */
function base85In(text: string): readonly Candidate[] {
  return [...text.matchAll(LITERAL)]
    .filter(([, , body = ""]) => /[!#$%&()*;<>?@^`{|}~]/.test(body))
    .map(({ index, 0: whole, 2: body = "" }) => ({
      offset: index,
      length: whole.length,
      tries: [
        { layer: "base85" as const, open: () => fromBase85(body, null) },
        { layer: "base85" as const, open: () => fromBase85(body, 33) },
      ],
    }));
}

function fromCodes(numbers: readonly string[]): Uint8Array | null {
  const codes = numbers.map(Number);
  return codes.every((code) => code < 256) ? new Uint8Array(codes) : null;
}
