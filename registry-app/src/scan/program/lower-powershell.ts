import type { Expr, Program, Step } from "./ir.ts";

/**
 * A modest reading of PowerShell and of batch files: commands with their words, pipes, assignments, method calls and
 * strings. Blocks are read as if they were run where they stand.
 */

const MAX_TOKENS = 60_000;
const MAX_DEPTH = 40;

type Reading = {
  readonly text: string;
  readonly isBatch: boolean;
  at: number;
  line: number;
  tokens: number;
  isWhole: boolean;
};

export function lowerPowershell(given: string): Program {
  const isBatch = /^\s{0,20}@echo off|^\s{0,20}(?:rem |set \w{1,40}=)|%\w{1,40}%/im.test(given);
  const text = isBatch ? given.replaceAll(/\^(?=[\w"])/g, "") : given;
  const own: Reading = { text, isBatch, at: 0, line: 1, tokens: 0, isWhole: true };
  const steps: Step[] = [];
  while (own.at < text.length && own.isWhole) {
    steps.push(...readStatement(own, 0));
    // What closes nothing is passed over.
    skip(own);
  }
  return { language: "powershell", steps, isWhole: own.isWhole };
}

function skip(own: Reading): void {
  if (own.text[own.at] === "\n") own.line += 1;
  own.at += 1;
}

function call(callee: string, on: Expr | null, args: readonly Expr[], line: number): Expr {
  return { kind: "call", callee, on, args, named: {}, line };
}

/** One statement up to its end: `;`, a line's end, a brace or a closing parenthesis. */
function readStatement(own: Reading, depth: number): readonly Step[] {
  const { line } = own;
  const target =
    /^[ \t]{0,40}(?:\[[\w.]{1,60}\]\s?)?\$(?:\w{1,12}:)?(\w{1,80})[ \t]{0,20}\+?=(?!=)|^[ \t]{0,40}@?set (?:\/\w )?"?(\w{1,60})=/i.exec(
      own.text.slice(own.at, own.at + 300),
    );
  const isSetting = target?.[2] !== undefined;
  if (target !== null && (!isSetting || own.isBatch)) {
    own.at += target[0].length;
    const name = (target[1] ?? target[2] ?? "").toLowerCase();
    const value = isSetting ? readRestOfLine(own) : readPipeline(own, depth);
    return [{ kind: "assign", names: [name], value, line }];
  }
  const value = readPipeline(own, depth);
  return value.kind === "text" && value.value === "" ? [] : [{ kind: "do", value, line }];
}

function readRestOfLine(own: Reading): Expr {
  const end = own.text.indexOf("\n", own.at);
  const raw = own.text.slice(own.at, end < 0 ? undefined : end);
  own.at += raw.length;
  return interpolate(own, raw.trim().replace(/"$/, ""));
}

function readPipeline(own: Reading, depth: number): Expr {
  let fed: Expr | null = null;
  for (;;) {
    const value = readCommand(own, fed, depth);
    const isPipe = own.text[own.at] === "|" && own.text[own.at + 1] !== "|";
    if (!isPipe || !own.isWhole) return value;
    own.at += 1;
    fed = value;
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(
  "if else elseif while for foreach do until try catch finally function param return in switch begin process end not exist goto call".split(
    " ",
  ),
);

function readCommand(own: Reading, fed: Expr | null, depth: number): Expr {
  const { line } = own;
  const isCalled = /^[ \t]{0,40}[&.@][ \t]{0,8}(?=[\s("'$\w])/.exec(
    own.text.slice(own.at, own.at + 60),
  );
  if (isCalled !== null) own.at += isCalled[0].length;
  const words: { readonly value: Expr; readonly isBare: boolean }[] = [];
  for (let word = readWord(own, depth); word !== null; word = readWord(own, depth))
    words.push(word);
  const [first, ...rest] = words;
  if (first === undefined) return { kind: "text", value: "" };
  const name = first.value.kind === "text" ? first.value.value : "";
  const args = rest.map((one) => one.value);
  const named: Record<string, Expr> = fed === null ? {} : { stdin: fed };
  const isKey = rest[0]?.value.kind === "text" && rest[0].value.value === "=";
  if (first.isBare && (isKey || KEYWORDS.has(name.toLowerCase())))
    return { kind: "group", parts: args };
  if (first.isBare && /^[A-Za-z]/.test(name))
    return { kind: "call", callee: commandName(name), on: null, args, named, line };
  if (isCalled !== null)
    return { kind: "call", callee: "run-word", on: first.value, args, named, line };
  if (rest.length === 0) return first.value;
  const isPlain = words.every(({ value }) => !(value.kind === "text" && /^-\w/.test(value.value)));
  const parts = words
    .map((one) => one.value)
    .filter((one) => !(one.kind === "text" && one.value === "+"));
  return { kind: isPlain && parts.length < words.length ? "join" : "group", parts };
}

/** `C:\Windows\System32\CertUtil.exe` is certutil. */
function commandName(name: string): string {
  return (name.split(/[/\\]/).at(-1) ?? name).toLowerCase().replace(/\.exe$/, "");
}

/** The next word with what is called on it; null at the end of a command. */
function readWord(
  own: Reading,
  depth: number,
): { readonly value: Expr; readonly isBare: boolean } | null {
  own.tokens += 1;
  if (own.tokens > MAX_TOKENS || depth > MAX_DEPTH) own.isWhole = false;
  const blank =
    /^(?:[ \t,\r]|`\r?\n|#[^\n]{0,2000})+/.exec(own.text.slice(own.at, own.at + 4000))?.[0] ?? "";
  own.line += blank.split("\n").length - 1;
  own.at += blank.length;
  const sign = own.text[own.at];
  if (!own.isWhole || sign === undefined || "\n;{})|".includes(sign)) return null;
  if (sign === "&") {
    own.at += own.text[own.at + 1] === "&" ? 1 : 0;
    return null;
  }
  const isBare = !`'"$([@`.includes(sign);
  return { value: readCalls(own, readAtom(own, sign, depth), depth), isBare };
}

function readAtom(own: Reading, sign: string, depth: number): Expr {
  if (sign === "'" || sign === '"') return readQuoted(own, sign);
  if (sign === "@" && /["']/.test(own.text[own.at + 1] ?? "")) return readHere(own);
  if (sign === "(" || /^[$@][({]/.test(own.text.slice(own.at, own.at + 2))) {
    own.at += sign === "(" ? 1 : 2;
    return readInner(own, depth + 1);
  }
  const rest = own.text.slice(own.at, own.at + 1000);
  const name = /^\$(?:\{([^}\n]{1,80})\}|((?:\w{1,12}:)?\w{1,80}))/.exec(rest);
  if (name !== null) {
    own.at += name[0].length;
    return { kind: "name", name: (name[1] ?? name[2] ?? "").toLowerCase() };
  }
  const type = /^\[([\w.]{1,80})\]/.exec(rest);
  if (type !== null) {
    own.at += type[0].length;
    return { kind: "name", name: (type[1] ?? "").toLowerCase().replace(/^system\./, "") };
  }
  const bare = /^(?:`.|[^\s;|{}()'"`,&]){1,900}/.exec(rest)?.[0] ?? sign;
  own.at += Math.max(1, bare.length);
  return interpolate(own, bare.replaceAll("`", ""));
}

/** What stands between parentheses: statements, of which the values are kept. */
function readInner(own: Reading, depth: number): Expr {
  const parts: Expr[] = [];
  while (own.isWhole && own.at < own.text.length && own.text[own.at] !== ")") {
    const before = own.at;
    parts.push(
      ...readStatement(own, depth).flatMap((one) => (one.kind === "do" ? [one.value] : [])),
    );
    if (own.text[own.at] === ",") own.at += 1;
    else if (own.text[own.at] !== ")" || own.at === before) {
      if (own.text[own.at] !== ")") skip(own);
    }
  }
  own.at += 1;
  return parts.length === 1 ? (parts[0] ?? { kind: "group", parts }) : { kind: "group", parts };
}

/** `.Method(…)`, `::Method(…)` and `.Property` behind a value. */
function readCalls(own: Reading, value: Expr, depth: number): Expr {
  let whole = value;
  for (let count = 0; count < 40; count += 1) {
    const found = /^(?:\.|::)["']?(\w{1,80})["']?(\()?/.exec(own.text.slice(own.at, own.at + 100));
    if (found === null || whole.kind === "text") return whole;
    own.at += found[0].length;
    const method = `.${(found[1] ?? "").toLowerCase()}`;
    if (found[2] === undefined) whole = { kind: "group", parts: [whole] };
    else {
      const args = readInner(own, depth + 1);
      whole = call(method, whole, args.kind === "group" ? args.parts : [args], own.line);
    }
  }
  return whole;
}

function readQuoted(own: Reading, quote: string): Expr {
  let end = own.at + 1;
  while (end < own.text.length && own.text[end] !== quote) end += own.text[end] === "`" ? 2 : 1;
  const raw = own.text.slice(own.at + 1, end);
  own.at = end + 1;
  own.line += raw.split("\n").length - 1;
  return quote === "'"
    ? { kind: "text", value: raw }
    : interpolate(own, raw.replaceAll(/`(.)/g, "$1"));
}

function readHere(own: Reading): Expr {
  const close = own.text.indexOf(`\n${own.text[own.at + 1] ?? ""}@`, own.at);
  const end = close < 0 ? own.text.length : close;
  const raw = own.text.slice(own.at + 2, end);
  own.at = end + 3;
  own.line += raw.split("\n").length;
  return interpolate(own, raw.trim());
}

/** `$name`, `$env:NAME` and `%NAME%` in a text are names. */
function interpolate(own: Reading, text: string): Expr {
  const pattern = own.isBatch ? /(%\w{1,60}%)/ : /(\$(?:env:)?\w{1,60})/;
  const parts = text.split(pattern).flatMap((part): Expr[] => {
    if (part === "") return [];
    const isName = /^\$|^%\w{1,60}%$/.test(part) && part.length > 1;
    return isName
      ? [{ kind: "name", name: part.replaceAll(/[$%]/g, "").toLowerCase() }]
      : [{ kind: "text", value: part }];
  });
  return parts.length === 1 && parts[0] !== undefined
    ? parts[0]
    : parts.length === 0
      ? { kind: "text", value: text }
      : { kind: "join", parts };
}
