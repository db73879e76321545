import { isUtf8 } from "node:buffer";
import { makeFinding, type Place } from "./finding.ts";
import type { Finding, TreeEntry } from "./types.ts";

export type SkillText = {
  readonly file: string;
  /** The text with LF line ends, as Python's text mode and so the reference validator reads it. */
  readonly text: string;
  /** Place of an offset of `text`; lines and columns count from 1, columns in code points. */
  readonly place: (offset: number) => Place;
};

export type Decoding =
  | { readonly kind: "text"; readonly skillText: SkillText; readonly findings: readonly Finding[] }
  | { readonly kind: "unreadable"; readonly finding: Finding };

/** Decodes the bytes of SKILL.md; what clients stumble over (BOM, NUL, CR LF) is found here, before any parser. */
export function decodeSkillText(entry: TreeEntry, maxBytes: number): Decoding {
  const file = entry.path;
  const top = { file, line: 1, column: 1 };
  if (entry.mode !== "100644" && entry.mode !== "100755")
    return unreadable(makeFinding("skill.binary", top, `${file} is not a regular file`));
  const sizeBytes = Math.max(entry.size, entry.bytes?.length ?? 0);
  if (sizeBytes > maxBytes)
    return unreadable(
      makeFinding(
        "skill.too-large",
        top,
        `${file} has ${sizeBytes} bytes, ${maxBytes} are allowed`,
      ),
    );
  if (entry.bytes === undefined) throw new Error(`the bytes of ${file} were not given`);
  return decodeBytes(file, entry.bytes);
}

function unreadable(finding: Finding): Decoding {
  return { kind: "unreadable", finding };
}

function decodeBytes(file: string, bytes: Uint8Array): Decoding {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (!isUtf8(bytes)) {
    const place = placesIn(file, raw)(raw.indexOf("\ufffd"));
    return unreadable(makeFinding("encoding.utf8", place, `${file} is not valid UTF-8 text`));
  }
  const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
  const place = placesIn(file, text);
  const findings: Finding[] = [];
  if (text.startsWith("\ufeff"))
    findings.push(makeFinding("encoding.bom", place(0), `${file} starts with a byte order mark`));
  // oxlint-disable-next-line no-control-regex -- control characters are the subject
  const control = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
  if (control >= 0) {
    const code = text.charCodeAt(control).toString(16).padStart(4, "0");
    const message = `${file} holds the control character U+${code}`;
    findings.push(makeFinding("encoding.characters", place(control), message));
  }
  const carriageReturn = raw.indexOf("\r");
  if (carriageReturn >= 0)
    findings.push(
      makeFinding("text.crlf", place(carriageReturn), `${file} has line ends other than LF`),
    );
  return { kind: "text", skillText: { file, text, place }, findings };
}

/** The line starts are looked up once and only when a finding asks, since most skills have none. */
function placesIn(file: string, text: string): (offset: number) => Place {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const line = countUpTo(starts, Math.max(0, offset));
    const lineStart = starts[line - 1] ?? 0;
    return { file, line, column: Array.from(text.slice(lineStart, offset)).length + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** How many of the ascending numbers are not above the limit. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
