/** One call as the trace has it: arguments as written, and what came back. */
export type Call = {
  readonly process: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly result: string;
};

const OPENS = "([{";
const CLOSES = ")]}";

/** Reads `123 name(args) = result`. Undefined for anything else. Linear in the line's length. */
export function readCall(process: string, text: string): Call | undefined {
  const name = /^[a-z][a-z0-9_]{0,40}(?=\()/.exec(text)?.[0];
  if (name === undefined) return undefined;
  const args: string[] = [];
  let depth = 0;
  let from = name.length + 1;
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '"') at = endOfText(text, at);
    else if (sign === "<" && /[\dD]/.test(text.charAt(at - 1))) at = endOfNote(text, at);
    else if (OPENS.includes(sign)) depth += 1;
    else if (CLOSES.includes(sign) && depth > 0) depth -= 1;
    else if (sign === "," && depth === 0) {
      args.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (sign === ")") {
      args.push(text.slice(from, at).trim());
      const result = /^\)\s*=\s*(.*)$/s.exec(text.slice(at))?.[1] ?? "";
      return { process, name, args, result };
    }
  }
  return undefined;
}

function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "\\") at += 1;
    else if (sign === '"') return at;
  }
  return text.length;
}

/** A descriptor is followed by what it stands for: `3</etc/passwd>`, `4<TCP:[1.2.3.4:5->6.7.8.9:10]>`. */
function endOfNote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++)
    if (text.charAt(at) === ">" && text.charAt(at - 1) !== "-") return at;
  return text.length;
}

/** What a descriptor stands for. */
export function noteOf(argument: string): string | undefined {
  const note = /^(?:AT_FDCWD|\d+)<(.*)>(?:\(deleted\))?$/s.exec(argument)?.[1];
  return note === undefined ? undefined : unescape(note);
}

/** A quoted argument's text; undefined for one that is none. */
export function textOf(argument: string): string | undefined {
  const quoted = /^"(.*)"(?:\.\.\.)?$/s.exec(argument)?.[1];
  return quoted === undefined ? undefined : unescape(quoted);
}

const SIGNS: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  v: "\v",
  f: "\f",
};

function unescape(text: string): string {
  const plain = text.replaceAll(
    /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|(.))/gs,
    (_all, octal: string | undefined, hex: string | undefined, sign: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return SIGNS[sign ?? ""] ?? sign ?? "";
    },
  );
  return Buffer.from(plain, "latin1").toString("utf8");
}

/** The texts of a list: `["curl", "-s"]`. */
export function listOf(argument: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < argument.length; at++) {
    if (argument.charAt(at) !== '"') continue;
    const end = endOfText(argument, at);
    found.push(unescape(argument.slice(at + 1, end)));
    at = end;
  }
  return found;
}
