import createMarkdownIt, { type MarkdownIt, type Token } from "markdown-it";

export type RenderedMarkdown = {
  readonly html: string;
  /** In the order of the text; `depth` is that of the HTML, from 2. */
  readonly headings: readonly {
    readonly depth: number;
    readonly id: string;
    readonly text: string;
  }[];
};
type Options = {
  /** Where the files of the skill are shown, without a trailing slash: the target of relative links. */
  readonly filesHref: string;
};
type Heading = RenderedMarkdown["headings"][number];

// Hostile text of this length takes under a second; what is longer is shown as it was written.
const MAX_CHARACTERS = 100_000;
/** Tables and links cost by the mark: 50,000 cells take seconds. A long, honest document has some hundreds. */
const MAX_MARKS = 8_000;
const ID_PREFIX = "md-";
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const ALLOWED_SCHEME = /^(?:https?|mailto):/i;
const UNSAFE_CHARACTER = /[\p{Cc}\\]/u;

/**
 * Turns an author's Markdown into HTML that can neither run anything nor load anything: no raw HTML, no image, no
 * style; links lead to http(s), mailto or a file of the skill. Headings start at h2, their ids with "md-".
 */
export function renderMarkdown(text: string, options: Options): RenderedMarkdown {
  const markdown = createMarkdown();
  if (text.length > MAX_CHARACTERS || countMarks(text) > MAX_MARKS) {
    return { html: `<pre>${markdown.utils.escapeHtml(text)}</pre>\n`, headings: [] };
  }
  const tokens = markdown.parse(text, {});
  const headings = shiftHeadings(tokens);
  for (const token of tokens) {
    // Alignment comes as a style attribute, which the Content-Security-Policy refuses.
    token.attrs = token.attrs?.filter(([name]) => name !== "style") ?? null;
    if (token.children !== null) token.children = tameInline(token.children, options);
  }
  return { html: markdown.renderer.render(tokens, markdown.options, {}), headings };
}

function countMarks(text: string): number {
  return text.match(/[|[\]*_`<>]/g)?.length ?? 0;
}

function createMarkdown(): MarkdownIt {
  const markdown = createMarkdownIt({ html: false, linkify: false, typographer: false });
  // Judged again, and more strictly, in `safeHref`; what is refused there keeps its text and loses its link.
  markdown.validateLink = () => true;
  const { escapeHtml } = markdown.utils;
  const plain = (tokens: Token[], index: number) =>
    `<pre><code>${escapeHtml(tokens[index]?.content ?? "")}</code></pre>\n`;
  markdown.renderer.rules.fence = plain;
  markdown.renderer.rules.code_block = plain;
  return markdown;
}

function shiftHeadings(tokens: readonly Token[]): Heading[] {
  const headings: Heading[] = [];
  const taken = new Map<string, number>();
  for (const [index, token] of tokens.entries()) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    const depth = Math.min(6, Number(token.tag.slice(1)) + 1);
    token.tag = `h${depth}`;
    if (token.type === "heading_close") continue;
    const text = plainText(tokens[index + 1]?.children ?? []);
    const id = uniqueId(text, taken);
    token.attrs = [["id", id]];
    headings.push({ depth, id, text });
  }
  return headings;
}

function uniqueId(text: string, taken: Map<string, number>): string {
  const slug = slugOf(text);
  const count = taken.get(slug) ?? 0;
  taken.set(slug, count + 1);
  return `${ID_PREFIX}${slug}${count === 0 ? "" : `-${count}`}`;
}

function slugOf(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 80) || "section";
}

function plainText(tokens: readonly Token[]): string {
  const parts = tokens.map((token) => {
    if (token.type === "softbreak" || token.type === "hardbreak") return " ";
    return token.type === "text" || token.type === "code_inline" || token.type === "image"
      ? token.content
      : "";
  });
  return parts.join("").trim();
}

function tameInline(tokens: readonly Token[], options: Options): Token[] {
  const tamed: Token[] = [];
  const isOpenLinkKept: boolean[] = [];
  for (const token of tokens) {
    if (token.type === "image") {
      tamed.push(...imageAsLink(token, isOpenLinkKept.length > 0, options));
    } else if (token.type === "link_open") {
      const attrs = linkAttrs(textAttr(token, "href"), options);
      isOpenLinkKept.push(attrs !== undefined);
      if (attrs === undefined) continue;
      token.attrs = attrs;
      tamed.push(token);
    } else if (token.type !== "link_close" || isOpenLinkKept.pop() === true) {
      tamed.push(token);
    }
  }
  return tamed;
}

/** An image would be loaded from wherever the author says, telling them who reads: it becomes a link that says so. */
function imageAsLink(image: Token, isInsideLink: boolean, options: Options): Token[] {
  const NewToken = image.constructor as new (
    type: string,
    tag: string,
    nesting: -1 | 0 | 1,
  ) => Token;
  const text = new NewToken("text", "", 0);
  text.content = image.content.trim() || "image";
  const attrs = isInsideLink ? undefined : linkAttrs(textAttr(image, "src"), options);
  if (attrs === undefined) return [text];
  const open = new NewToken("link_open", "a", 1);
  open.attrs = attrs;
  return [open, text, new NewToken("link_close", "a", -1)];
}

function linkAttrs(href: string | null, options: Options): [string, string][] | undefined {
  const safe = href === null ? undefined : safeHref(href, options);
  if (safe === undefined) return undefined;
  return [
    ["href", safe],
    ["rel", "nofollow noopener"],
  ];
}

function safeHref(href: string, { filesHref }: Options): string | undefined {
  if (href === "" || UNSAFE_CHARACTER.test(href)) return undefined;
  if (SCHEME.test(href)) return ALLOWED_SCHEME.test(href) ? href : undefined;
  if (href.startsWith("#")) return `#${ID_PREFIX}${slugOf(decode(href.slice(1)))}`;
  // An absolute path would leave the skill for another page of this registry, or ("//") for another host.
  if (href.startsWith("/")) return undefined;
  const path = resolveInside(decode(href.split(/[?#]/, 1)[0] ?? ""));
  if (path === undefined) return undefined;
  return `${filesHref}/${path.map(encodeURIComponent).join("/")}`;
}

/** The parts of a relative path, undefined when it is empty or leaves the folder it starts in. */
function resolveInside(path: string): readonly string[] | undefined {
  if (UNSAFE_CHARACTER.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function textAttr(token: Token, name: string): string | null {
  const value = token.attrGet(name);
  return value === null ? null : String(value);
}
