/**
 * The words of a piece of prose, in one pass over its raw text. Markup is seen through: emphasis and brackets are
 * dropped, links give their target, code and tags are tokens of their own.
 */
export type TokenKind =
  | "word"
  | "code" // between backticks
  | "url"
  | "email"
  | "path"
  | "tag" // an HTML-like tag or a chat template's mark
  | "stop" // ends a sentence
  | "break" // ends a clause: comma, colon, dash, bracket
  | "quote";

export type Token = {
  readonly kind: TokenKind;
  readonly text: string;
  /** Lower-case, curly apostrophes straightened; what lexicons are asked for. */
  readonly lower: string;
  readonly at: number;
  readonly end: number;
};

/** A Markdown link or image; a bare address has `text` equal to `target`. */
export type RawLink = {
  readonly text: string;
  readonly target: string;
  readonly title: string;
  readonly isImage: boolean;
  readonly at: number;
};

export type Lexed = { readonly tokens: readonly Token[]; readonly links: readonly RawLink[] };

const MAX_CODE = 2000;
const SPACE = /[\s*_~#|\\]+/y;
const TICKS = /`+/y;
const LINK_END =
  /\]\(\s{0,10}<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,500})?)>?(?:\s{1,10}["'(]([^"\n]{0,1000})["')])?\s{0,10}\)/y;
const AUTOLINK = /<((?:https?|ftp):\/\/[^\s<>]{1,2000}|mailto:[^\s<>]{1,300})>/y;
const BARE = /(?:https?|ftp|wss?):\/\/(?:\[[\w:-]{1,40}\])?[^\s<>"'`|\\[\]]{1,2000}/iy;
const CHAT_TAG = /<\|[\w ]{1,40}\|>|\[\/?(?:INST|SYSTEM|SYS)\]|<<\/?SYS>>/iy;
const TAG = /<\/?[A-Za-z][\w:.-]{0,60}(?:\s[^<>]{0,600})?\/?>/y;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/y;
const PATH =
  /(?:~|\.{1,2})?\/[\w.@*{}$-]{1,120}(?:\/[\w.@*{}$-]{1,120}){0,20}\/?|\.[A-Za-z][\w-]{1,40}(?:[./][\w.*-]{1,60}){0,10}|[A-Za-z]:\\[\w\\.-]{1,200}|[\w-]{1,80}(?:\/[\w.@*-]{1,120}){1,10}\/?|[\w-]{1,80}(?:\.[\w-]{1,40}){0,3}\.(?:md|json|ya?ml|toml|txt|py|sh|js|ts|env|csv|exe|zip|msi|dmg|pkg|pdf|log|db|bak|html?|docx?|xlsx?|pptx?)(?!\w)/y;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}_]{0,100}(?:['’-][\p{L}\p{N}_]{1,60}){0,6}/uy;
const STOPS = new Set([".", "!", "?", "。", "！", "？", "…"]);
const BREAKS = new Set([
  ";",
  "；",
  ",",
  ":",
  "(",
  ")",
  "–",
  "—",
  "→",
  "，",
  "：",
  "、",
  "（",
  "）",
  "{",
  "}",
]);
const QUOTES = new Set(['"', "“", "”", "«", "»", "「", "」"]);
/** A full stop after these does not end a sentence. */
const SHORT = new Set("e.g i.e etc vs cf mr ms dr no st inc ltd approx fig al".split(" "));

type Lexer = {
  readonly text: string;
  at: number;
  readonly tokens: Token[];
  readonly links: RawLink[];
  bracket: number;
};

export function lex(text: string): Lexed {
  const lexer: Lexer = { text, at: 0, tokens: [], links: [], bracket: -1 };
  while (lexer.at < text.length) step(lexer);
  return { tokens: lexer.tokens, links: lexer.links };
}

function step(lexer: Lexer): void {
  const { text, at } = lexer;
  const space = match(SPACE, text, at);
  if (space !== null) {
    if (space[0].includes("\n")) lexLineEnd(lexer, at + space[0].length);
    lexer.at += space[0].length;
    return;
  }
  const character = text.charAt(at);
  if (character === "`") return lexCode(lexer);
  if (character === "[" || (character === "!" && text.charAt(at + 1) === "[")) {
    if (lexChatTag(lexer)) return;
    lexer.bracket = at;
    lexer.at += character === "!" ? 2 : 1;
    return;
  }
  if (character === "]") return lexLinkEnd(lexer);
  if (character === "<" && lexAngle(lexer)) return;
  if (lexAddress(lexer)) return;
  const word = match(WORD, text, at);
  if (word !== null) return push(lexer, "word", word[0], word[0].length);
  if (STOPS.has(character)) return lexStop(lexer, character);
  if (BREAKS.has(character)) return push(lexer, "break", character, 1);
  if (character === "-" && /\s-+\s/.test(text.slice(Math.max(0, at - 1), at + 3))) {
    return push(lexer, "break", character, 1);
  }
  if (QUOTES.has(character)) return push(lexer, "quote", character, 1);
  lexer.at += character === "" ? 1 : (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** A short line followed by one that begins anew is a title or a line of its own, and no part of the sentence. */
function lexLineEnd(lexer: Lexer, next: number): void {
  const { text, at, tokens } = lexer;
  const from = text.lastIndexOf("\n", at - 1) + 1;
  const last = tokens.at(-1);
  if (last === undefined || last.kind === "break" || last.kind === "stop") return;
  if (at - from > SHORT_LINE || !/^[\p{Lu}\p{N}]/u.test(text.slice(next, next + 2))) return;
  tokens.push({ kind: "break", text: "\n", lower: "\n", at, end: at });
}
const SHORT_LINE = 48;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function push(lexer: Lexer, kind: TokenKind, text: string, length: number): void {
  const lower = text.toLowerCase().replaceAll("’", "'");
  lexer.tokens.push({ kind, text, lower, at: lexer.at, end: lexer.at + length });
  lexer.at += length;
}

function lexCode(lexer: Lexer): void {
  const run = match(TICKS, lexer.text, lexer.at)?.[0] ?? "`";
  const from = lexer.at + run.length;
  const end = lexer.text.slice(from, from + MAX_CODE).indexOf(run);
  if (end <= 0) {
    lexer.at += run.length;
    return;
  }
  push(lexer, "code", lexer.text.slice(from, from + end).trim(), end + 2 * run.length);
}

function lexChatTag(lexer: Lexer): boolean {
  const tag = match(CHAT_TAG, lexer.text, lexer.at);
  if (tag === null) return false;
  push(lexer, "tag", tag[0], tag[0].length);
  return true;
}

function lexAngle(lexer: Lexer): boolean {
  if (lexChatTag(lexer)) return true;
  const auto = match(AUTOLINK, lexer.text, lexer.at);
  if (auto !== null) {
    const target = auto[1] ?? "";
    lexer.links.push({ text: target, target, title: "", isImage: false, at: lexer.at });
    push(lexer, "url", target, auto[0].length);
    return true;
  }
  const tag = match(TAG, lexer.text, lexer.at);
  if (tag === null) return false;
  push(lexer, "tag", tag[0], tag[0].length);
  return true;
}

function lexLinkEnd(lexer: Lexer): void {
  const { text, at, bracket } = lexer;
  lexer.bracket = -1;
  const link = match(LINK_END, text, at);
  if (link === null || bracket < 0) {
    lexer.at += 1;
    return;
  }
  const isImage = text.charAt(bracket) === "!";
  const shown = text.slice(bracket + (isImage ? 2 : 1), Math.min(at, bracket + 1000));
  const target = link[1] ?? "";
  lexer.links.push({ text: shown, target, title: link[2] ?? "", isImage, at: bracket });
  push(lexer, "url", target, link[0].length);
}

function lexAddress(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const bare = match(BARE, text, at);
  if (bare !== null) {
    const target = bare[0].replace(/[.,;:!?)\]}*_…。]{1,20}$/, "");
    lexer.links.push({ text: target, target, title: "", isImage: false, at });
    push(lexer, "url", target, target.length);
    return true;
  }
  const before = text.charAt(at - 1);
  if (/[\p{L}\p{N}]/u.test(before)) return false;
  const email = match(EMAIL, text, at);
  if (email !== null) {
    push(lexer, "email", email[0], email[0].length);
    return true;
  }
  const path = match(PATH, text, at);
  if (path === null || /^(?:and|or|n|w|i|a)\/(?:or|and|a|o)$/i.test(path[0])) return false;
  // "files/folders" is two words, "src/index.ts" is a path.
  if (/^\p{L}+\/\p{L}+$/u.test(path[0])) return false;
  push(lexer, "path", path[0], path[0].length);
  return true;
}

function lexStop(lexer: Lexer, character: string): void {
  const { text, at } = lexer;
  const after = text.charAt(at + 1);
  const isInside = character === "." && /[\p{L}\p{N}]/u.test(after);
  const last = lexer.tokens.at(-1);
  const isShort =
    character === "." &&
    last?.end === at &&
    (SHORT.has(last.lower) || /^[a-z]\.?$/.test(last.lower));
  if (isInside || isShort) {
    lexer.at += 1;
    return;
  }
  push(lexer, "stop", character, 1);
}
