import { makeFinding } from "./finding.ts";
import { SKILL_LIMITS } from "./limits.ts";
import type { Finding } from "./types.ts";

export type BodyInput = {
  readonly file: string;
  readonly body: string;
  readonly bodyStartLine: number;
  /** Paths of the skill's files and folders. */
  readonly paths: ReadonlySet<string>;
};

/** Advice beyond this helps nobody, and hostile text must not buy time with it. */
const MAX_ADVICE = 100;
const MAX_LINE_LENGTH = 4000;
const FENCE = /^\s{0,3}(?:```|~~~)/;
const LINK = /\]\(\s{0,3}<?([^()\s<>]{1,500})/g;
const DIRECT_CALL = /(?:^|[`;|&]|\$ )\s{0,20}(?:\.\/)?(scripts\/[\w./-]{1,200})/g;
const INTERPRETERS: ReadonlyMap<string, string> = new Map([
  ["sh", "sh"],
  ["bash", "bash"],
  ["py", "python3"],
  ["js", "node"],
  ["mjs", "node"],
  ["ts", "node"],
  ["rb", "ruby"],
  ["pl", "perl"],
  ["ps1", "pwsh"],
]);

/** Advice on the instructions: length, links that lead nowhere, scripts that need an executable bit. Never an error. */
export function checkBody(input: BodyInput): readonly Finding[] {
  const { file, body, bodyStartLine } = input;
  const top = { file, line: bodyStartLine, column: 1 };
  if (body.trim() === "")
    return [makeFinding("body.empty", top, `${file} has no text after the frontmatter`)];
  const lines = body.trimEnd().split("\n");
  const findings: Finding[] = [];
  if (lines.length > SKILL_LIMITS.bodyLines)
    findings.push(
      makeFinding(
        "body.lines",
        { ...top, line: bodyStartLine + SKILL_LIMITS.bodyLines },
        `The body has ${lines.length} lines, at most ${SKILL_LIMITS.bodyLines} are recommended`,
      ),
    );
  return [...findings, ...checkLines(lines, input)];
}

function checkLines(lines: readonly string[], input: BodyInput): readonly Finding[] {
  const findings: Finding[] = [];
  let isCode = false;
  for (const [index, whole] of lines.entries()) {
    if (findings.length >= MAX_ADVICE) break;
    const line = input.bodyStartLine + index;
    const text = whole.slice(0, MAX_LINE_LENGTH);
    if (FENCE.test(text)) isCode = !isCode;
    else if (!isCode && text.includes("](")) findings.push(...checkLinks(text, line, input));
    if (text.includes("scripts/")) findings.push(...checkCalls(text, line, isCode, input));
  }
  return findings;
}

function checkLinks(text: string, line: number, { file, paths }: BodyInput): Finding[] {
  return [...text.matchAll(LINK)].flatMap((match) => {
    const target = match[1] ?? "";
    if (
      target.startsWith("#") ||
      target.startsWith("//") ||
      /^[a-z][a-z0-9+.-]{0,30}:/i.test(target)
    )
      return [];
    const place = { file, line, column: match.index + match[0].indexOf(target) + 1 };
    const path = resolveInside(decodePath(target.replace(/[?#].*$/, "")));
    if (path === undefined)
      return [makeFinding("links.outside", place, `The link ${target} leaves the skill's folder`)];
    return path === "" || paths.has(path)
      ? []
      : [makeFinding("links.missing", place, `The skill has no file ${path}`)];
  });
}

function checkCalls(
  text: string,
  line: number,
  isCode: boolean,
  { file, paths }: BodyInput,
): Finding[] {
  return [...text.matchAll(DIRECT_CALL)].flatMap((match) => {
    const path = match[1] ?? "";
    const isCall = isCode || match[0].includes("./");
    if (!isCall || !paths.has(path)) return [];
    const extension = /\.([a-z0-9]{1,5})$/.exec(path)?.[1] ?? "";
    const interpreter = INTERPRETERS.get(extension);
    const place = { file, line, column: match.index + match[0].indexOf(path) + 1 };
    const message = `${path} is called directly; some clients install it without its executable bit`;
    return [
      makeFinding(
        "scripts.direct",
        place,
        message,
        interpreter === undefined ? {} : { fix: `${interpreter} ${path}` },
      ),
    ];
  });
}

function decodePath(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

/** The path below the skill's root, or undefined when it is absolute or climbs out of it. */
function resolveInside(target: string): string | undefined {
  if (target.startsWith("/")) return undefined;
  const parts: string[] = [];
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
