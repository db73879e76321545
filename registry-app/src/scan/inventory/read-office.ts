import { latin1 } from "../views/decode-text.ts";
import type { Odd, Opened, Part } from "./part.ts";
import { textPart } from "./part.ts";
import { withoutTags } from "./read-markup.ts";

const OFFICE =
  /^(?:\[Content_Types\]\.xml|word\/|xl\/|ppt\/|META-INF\/manifest\.xml|content\.xml|mimetype)/;
const PARAGRAPH = /<\/(?:w:p|a:p|text:p|text:h|si|c|row|p|h[1-6]|li|div)>/g;
const EMPTY = /^(?:\s|true|false|\d){0,200}$/;
const MACRO = /(?:^|\/)(?:vbaProject\.bin|Basic\/|Scripts\/)/i;

export function isOffice(names: readonly string[]): boolean {
  return (
    names.some((name) => name === "[Content_Types].xml" || name === "mimetype") &&
    names.some((name) => OFFICE.test(name))
  );
}

/** Documents are zips of XML: what is read is their text; other members stay as they are. */
export function readOffice(opened: Opened): Opened {
  const odd: Odd[] = opened.parts
    .filter(({ name }) => MACRO.test(name))
    .map(({ name }) => ({
      kind: "active-content",
      detail: "It is a document with macros.",
      subject: name,
    }));
  return { ...opened, parts: opened.parts.flatMap(textOf), odd: [...opened.odd, ...odd] };
}

function textOf(part: Part): readonly Part[] {
  if (!/\.(?:xml|rels|vml|xhtml|html|opf|ncx)$/i.test(part.name)) return [part];
  const source = Buffer.from(part.bytes).toString("utf8");
  if (/\.rels$/i.test(part.name)) return targetsOf(part, source);
  const text = withoutTags(source.replace(PARAGRAPH, "\n"), []).replace(/[ \t]{2,2000}/g, " ");
  return EMPTY.test(text.slice(0, 200)) && text.trim().length < 200
    ? []
    : [{ ...textPart(`${part.name}.txt`, text), via: "archive" }];
}

/** Links that lead out of the document. */
function targetsOf(part: Part, source: string): readonly Part[] {
  const targets = [
    ...source.matchAll(/Target="([^"]{1,2000})"[^>]{0,200}TargetMode="External"/g),
  ].map(([, target = ""]) => target);
  return targets.length === 0
    ? []
    : [{ ...textPart(`${part.name}.txt`, targets.join("\n")), via: "archive" }];
}

/** An OLE document (doc, xls, msi) is not taken apart; whether it holds macros can be told. */
export function readOle(bytes: Uint8Array): Opened {
  const raw = latin1(bytes.subarray(0, 4 * 1024 * 1024));
  const hasMacros = raw.includes("_\0V\0B\0A\0") || raw.includes("V\0B\0A\0");
  return {
    parts: [],
    odd: hasMacros
      ? [{ kind: "active-content", detail: "It is a document with macros.", subject: "macros" }]
      : [],
    gaps: ["It is an old office document, of which only strings are read."],
  };
}
