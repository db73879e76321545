/** Commit messages are written by anybody: what is shown of them is one line of visible text, no longer than this. */
export const MAX_SUBJECT_LENGTH = 200;
export const MAX_NOTE_LENGTH = 500;

const MAX_LINES = 200;
const MAX_LINE_LENGTH = 500;
const MAX_MESSAGE_LENGTH = 20_000;

// Control characters, and the format characters (bidi overrides, zero-width, tags) that make text look like other text.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** Bounds a message before any pattern sees it: lines, their length, runs of space; other invisible characters go. */
export function boundMessage(message: string): string {
  return message
    .slice(0, MAX_MESSAGE_LENGTH)
    .split("\n", MAX_LINES)
    .map((line) => toOneLine(line, MAX_LINE_LENGTH))
    .join("\n");
}

/** One line of visible characters with single spaces, cut at `maxLength` characters with an ellipsis. */
export function toOneLine(text: string, maxLength: number): string {
  const line = text
    .slice(0, 4 * maxLength)
    .replaceAll("\t", " ")
    .replaceAll(INVISIBLE, (character) => (character === "\n" ? " " : ""))
    .split(/\s/)
    .filter((word) => word !== "")
    .join(" ");
  if (line.length <= maxLength) return line;
  return `${line
    .slice(0, maxLength - 1)
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trimEnd()}…`;
}

/**
 * Writes one line as Markdown that shows exactly these characters: no HTML, no links, no images, no emphasis. Code
 * between backticks stays code; a mention becomes code too, so that no host notifies anybody.
 */
export function toMarkdown(line: string): string {
  const parts = line.split("`").map((part, at, parts) => {
    const isCode = at % 2 === 1 && at < parts.length - 1;
    if (isCode) return part.trim() === "" ? "" : `\`${part}\``;
    const isLoneTick = at % 2 === 1;
    return (isLoneTick ? "\\`" : "") + escapeProse(part);
  });
  return escapeStart(parts.join(""));
}

function escapeProse(text: string): string {
  return text
    .split(/(@[\w-]+(?:\/[\w-]+)?)/)
    .map((part, at) => (at % 2 === 1 ? `\`${part}\`` : escapePunctuation(part)))
    .join("");
}

// A colon after a scheme and a dot before a letter are escaped too: that is what hosts make links of by themselves.
function escapePunctuation(text: string): string {
  return text
    .replaceAll(/[\\*_{}[\]()<>#+!|~&@$]/g, "\\$&")
    .replaceAll("://", "\\://")
    .replaceAll(/\.(?=\p{L})/gu, "\\.");
}

/** At its start a line could open a list, a rule or a heading. */
function escapeStart(markdown: string): string {
  return markdown.replace(/^[-=]/, "\\$&").replace(/^(\d{1,9})([.)])/, "$1\\$2");
}
