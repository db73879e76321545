/** Characters that nobody sees or that turn a text around, and line breaks: a report is one line where it quotes. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Variation_Selector}\u2028\u2029]+/gu;

/** Somebody else's text on one line, no longer than `max` characters. */
export function oneLine(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replaceAll(UNSEEN, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
  const points = [...line];
  return points.length <= max ? line : `${points.slice(0, max - 1).join("")}…`;
}

/**
 * Somebody else's text as a code span (CommonMark 6.1): fenced by more backticks than stand in it, so that nothing in it
 * is a mention, a link, an image or HTML.
 */
export function code(text: string, max = 300): string {
  // A bar would end the cell of a table, which GitHub reads before code spans.
  const line = oneLine(text, max).replaceAll("|", "¦");
  if (line === "") return "";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** As much of a text as GitHub takes in `max` characters, ended at a line. */
export function fit(lines: readonly string[], max: number): string {
  const more = "\n\nThere is more on the page.";
  let text = "";
  for (const line of lines) {
    if (text.length + line.length + 1 > max - more.length) return `${text}${more}`;
    text += `${line}\n`;
  }
  return text;
}
