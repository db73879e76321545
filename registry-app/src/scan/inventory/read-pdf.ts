import { latin1 } from "../views/decode-text.ts";
import { inflateCapped } from "./inflate.ts";
import { textPart, textParts, type Budget, type Odd, type Opened, type Part } from "./part.ts";
import { readTrailer } from "./read-image.ts";

const STRING = /\((?:[^()\\]|\\[\s\S]){1,4000}\)/g;
const SHOWN =
  /\[(?:[^\][\\]|\\[\s\S]){1,8000}\][ \t\r\n]{0,4}TJ|\((?:[^()\\]|\\[\s\S]){1,4000}\)[ \t\r\n]{0,4}(?:Tj|'|")/g;
const HEX_SHOWN = /<[0-9A-Fa-f]{4,4000}>[ \t\r\n]{0,4}(?:Tj|TJ)|<[0-9A-Fa-f]{4,4000}>\]/;
const SCRIPT = /\/JS[ \t\r\n]{0,4}(\((?:[^()\\]|\\[\s\S]){1,20000}\))/g;
const NAMED =
  /\/(?:URI|Title|Author|Subject|Keywords|Contents|F|UF|TU|V)[ \t\r\n]{0,4}(\((?:[^()\\]|\\[\s\S]){3,4000}\))/g;

/** What a PDF shows, says about itself, and starts. Bounded: it is not a renderer. */
export function readPdf(bytes: Uint8Array, budget: Budget): Opened {
  const raw = latin1(bytes);
  const streams = inflateStreams(bytes, raw, budget);
  const texts = [raw, ...streams.texts];
  const shown = streams.texts.flatMap(shownIn);
  const said = texts.flatMap((text) =>
    [...text.matchAll(NAMED)].map(([, one = ""]) => readString(one)),
  );
  const scripts = texts.flatMap((text) =>
    [...text.matchAll(SCRIPT)].map(([, one = ""]) => readString(one)),
  );
  const isCoded = shown.length === 0 && streams.texts.some((text) => HEX_SHOWN.test(text));
  const end = raw.lastIndexOf("%%EOF");
  const behind = readTrailer(end < 0 ? new Uint8Array() : bytes.subarray(end + 5));
  const parts: Part[] = [
    ...textParts("text.txt", shown.length > 0 ? [shown.join("\n")] : [], budget),
    ...textParts("metadata.txt", said, budget),
    ...(scripts.length > 0 ? [textPart("actions.js", scripts.join("\n"), "javascript")] : []),
  ];
  return {
    parts: [...parts, ...behind.parts],
    odd: [...actionsOf(texts, scripts), ...behind.odd],
    gaps: [
      ...streams.gaps,
      ...(isCoded ? ["Its text is in an encoding of its own, which is not read."] : []),
      ...(/\/Encrypt\b/.test(raw) ? ["It is encrypted."] : []),
    ],
  };
}

function actionsOf(texts: readonly string[], scripts: readonly string[]): readonly Odd[] {
  const starts = texts.some((text) => /\/Launch\b/.test(text));
  const odd: Odd[] = [];
  if (scripts.length > 0 || texts.some((text) => /\/JavaScript\b/.test(text)))
    odd.push({
      kind: "active-content",
      detail: "It runs a script when it is opened.",
      subject: "script",
    });
  if (starts)
    odd.push({ kind: "active-content", detail: "It starts a program.", subject: "launch" });
  return odd;
}

function inflateStreams(
  bytes: Uint8Array,
  raw: string,
  budget: Budget,
): { readonly texts: readonly string[]; readonly gaps: readonly string[] } {
  const texts: string[] = [];
  let at = raw.indexOf("stream");
  for (let count = 0; at >= 0 && count < budget.limits.pdfStreams; count += 1) {
    const end = raw.indexOf("endstream", at);
    if (end < 0) return { texts, gaps: ["A stream of it breaks off."] };
    const start = at + 6 + (raw.startsWith("\r\n", at + 6) ? 2 : 1);
    const head = raw.slice(Math.max(0, at - 400), at);
    const isPicture = /\/Subtype[ \t\r\n]{0,4}\/Image|\/FontFile|\/Length1\b/.test(
      head.slice(head.lastIndexOf("obj")),
    );
    if (!isPicture) {
      const content = bytes.subarray(start, end);
      const isFlate = /\/Fl(?:ateDecode)?\b/.test(head);
      const most = Math.min(1024 * 1024, Math.max(0, budget.bytes));
      const text = isFlate ? inflateCapped(content, "zlib", most).bytes : content;
      budget.bytes -= isFlate ? text.length : 0;
      texts.push(latin1(text));
    }
    at = raw.indexOf("stream", end + 9);
  }
  return { texts, gaps: at >= 0 ? ["Only a part of its streams was read."] : [] };
}

function shownIn(text: string): readonly string[] {
  return [...text.matchAll(SHOWN)].map(([one]) =>
    [...one.matchAll(STRING)].map(([piece]) => readString(piece)).join(""),
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\n", t: "\t", b: "", f: "" };

function readString(quoted: string): string {
  const inner = quoted
    .slice(1, -1)
    .replace(/\\([nrtbf]|[0-7]{1,3}|[\s\S])/g, (_, one: string) =>
      /^[0-7]/.test(one)
        ? String.fromCharCode(Number.parseInt(one, 8) & 255)
        : (ESCAPES[one] ?? one),
    );
  if (!inner.startsWith("\xfe\xff")) return inner;
  return new TextDecoder("utf-16be").decode(Buffer.from(inner.slice(2), "latin1"));
}
