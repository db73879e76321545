import type { Hidden } from "./markdown-state.ts";

const OPEN = /<([a-zA-Z][\w-]{0,30})(\s[^<>]{1,600})>/g;
const HIDES =
  /display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}(?:hidden|collapse)|(?:font-size|opacity|max-height|line-height)\s{0,4}:\s{0,4}0(?:\.0{1,4}\d?)?(?:px|em|rem|pt|%)?\s{0,4}(?:[;"'!]|$)|font-size\s{0,4}:\s{0,4}1px|color\s{0,4}:\s{0,4}(?:white|#fff(?:fff)?|transparent|rgba?\(\s{0,4}255\s{0,4},\s{0,4}255\s{0,4},\s{0,4}255)|(?:left|top|text-indent)\s{0,4}:\s{0,4}-\d{3,6}|\shidden(?:\s|=|$)|class\s{0,4}=\s{0,4}["'](?:sr-only|visually-hidden|hidden)/i;
const MAX_FOUND = 500;

/** Elements that a page would not show, by their style or attributes; not more than a few hundred. */
export function readHiddenElements(text: string): readonly Hidden[] {
  const found: Hidden[] = [];
  const lower = text.includes("<") ? text.toLowerCase() : "";
  let until = 0;
  for (const open of text.matchAll(OPEN)) {
    if (found.length >= MAX_FOUND) break;
    if (open.index < until || !HIDES.test(open[2] ?? "")) continue;
    const from = open.index + open[0].length;
    const end = lower.indexOf(`</${(open[1] ?? "").toLowerCase()}`, from);
    const to = end < 0 ? Math.min(text.length, from + 4000) : end;
    found.push({ from, to });
    until = to;
  }
  return found;
}
