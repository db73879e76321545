/**
 * Strings that strangers made may hold characters that a reader cannot see but a browser obeys:
 * bidirectional overrides, zero-width joints, control codes. They are shown by name instead.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

export type TextPiece = { readonly kind: "plain" | "hidden"; readonly text: string };

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** For attributes, titles and commands: one string, hidden characters as "[U+202E]". */
export function safeText(text: string): string {
  return text.replace(HIDDEN, (character) => `[${nameOf(character)}]`);
}

/** For running text and file views: the same, in pieces, so that the page can mark them. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) pieces.push({ kind: "plain", text: text.slice(from, match.index) });
    pieces.push({ kind: "hidden", text: nameOf(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: "plain", text: text.slice(from) });
  return pieces;
}
