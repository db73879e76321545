import { textPart, type Budget, type Odd, type Opened } from "./part.ts";
import { stringsOf } from "./strings.ts";
import { u16, u32 } from "./sniff.ts";

/** Bytes before the code: since CPython 3.7 magic, flags, and time and size or a hash. */
const HEADER = 16;
const MAX_STRING = 20_000;
const SHORT = 0x7a;
const SHORT_INTERNED = 0x5a;
/** `s`, `u`, `t`, `a`, `A`: bytes, text, interned text, ASCII, interned ASCII. */
const LONG_TYPES: ReadonlySet<number> = new Set([0x73, 0x75, 0x74, 0x61, 0x41]);

const MADE_UP = /^(?:return|annotations|co_\w{1,40}|__\w{1,40}__)$/;

export type Constants = {
  /** Literals, names, file names: every text of the marshalled code. */
  readonly texts: readonly string[];
  readonly isCut: boolean;
};

/** Texts of compiled Python; `source` is what lies beside it, if anything does. */
export function readBytecode(
  bytes: Uint8Array,
  source: { readonly text: string; readonly size: number } | null,
  hasHeader: boolean,
  budget: Budget,
): Opened {
  const { texts, isCut } = readConstants(bytes.subarray(hasHeader ? HEADER : 0), budget);
  const told = [...new Set(texts)].filter((text) => text.length >= 3);
  const loose = told.length === 0 ? stringsOf(bytes, budget.limits.metadataBytes).text : "";
  const odd = hasHeader ? judge(bytes, told, source) : [];
  return {
    parts: [
      { ...textPart("constants.txt", loose === "" ? told.join("\n") : loose), via: "bytecode" },
    ],
    odd,
    gaps: [
      "It is compiled Python: its names and literals were read, what it does with them was not.",
      ...(isCut ? ["Only a part of its constants was read."] : []),
    ],
  };
}

function judge(
  bytes: Uint8Array,
  told: readonly string[],
  source: { readonly text: string; readonly size: number } | null,
): readonly Odd[] {
  if (source === null)
    return [
      {
        kind: "bytecode-alone",
        detail: "It is compiled Python without the source that it was made from.",
        subject: null,
      },
    ];
  const strange = told.find((text) => isTelling(text) && !source.text.includes(text.slice(0, 200)));
  const isOfSize = (u16(bytes, 4) & 1) === 1 || u32(bytes, 12) === source.size % 2 ** 32;
  if (strange === undefined && isOfSize) return [];
  const what =
    strange === undefined
      ? "was made from a source of another size"
      : `holds ${JSON.stringify(strange.slice(0, 80))}, which its source does not`;
  return [
    {
      kind: "bytecode-differs",
      detail: `It ${what}: Python runs it instead of the source.`,
      subject: strange?.slice(0, 200) ?? null,
    },
  ];
}

/** Names and literals that stand in the source as they are: no path, no joined text, nothing that the compiler adds. */
function isTelling(text: string): boolean {
  return /^[A-Za-z][\w:@-]{5,200}$/.test(text) && !MADE_UP.test(text) && text !== "format";
}

/**
 * Texts in marshalled data. The layout of code objects changes with each Python, that of strings does not: a type, a
 * length, and so many letters. So strings are looked for where they may stand, in one pass.
 */
export function readConstants(bytes: Uint8Array, budget: Budget): Constants {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (texts.length >= budget.limits.marshalObjects) return { texts, isCut: true };
    const text = textAt(bytes, at);
    if (text === null) at += 1;
    else {
      texts.push(text.value);
      at = text.end;
    }
  }
  return { texts, isCut: false };
}

function textAt(
  bytes: Uint8Array,
  at: number,
): { readonly value: string; readonly end: number } | null {
  // The highest bit says that the object is referred to again.
  const type = (bytes[at] ?? 0) & 0x7f;
  const isShort = type === SHORT || type === SHORT_INTERNED;
  if (!isShort && !LONG_TYPES.has(type)) return null;
  const length = isShort ? (bytes[at + 1] ?? 0) : u32(bytes, at + 1);
  const start = at + (isShort ? 2 : 5);
  const end = start + length;
  if (length < 3 || end > bytes.length) return null;
  const raw = bytes.subarray(start, Math.min(end, start + MAX_STRING));
  for (const byte of raw) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return null;
  const value = Buffer.from(raw).toString("utf8");
  return value.includes("\ufffd") ? null : { value, end };
}
