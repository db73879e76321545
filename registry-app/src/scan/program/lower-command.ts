import {
  parse,
  type Assignment,
  type Command,
  type Redirection,
  type SyntaxNode,
  type Word,
} from "unbash";
import type { Call, Expr, Step } from "./ir.ts";
import { inputOf, outputs } from "./lower-redirects.ts";
import { bareCall, groupOf, step, word, type How, type Lowering } from "./shell-parts.ts";

/** Commands that only start the one behind them; `flags` are those of their options that take a value. */
const WRAPPERS = new Map<string, string>(
  Object.entries({
    nohup: "",
    time: "",
    command: "",
    builtin: "",
    exec: "a",
    nice: "n",
    ionice: "cnp",
    setsid: "",
    stdbuf: "ioe",
    timeout: "ks",
    env: "uSC",
    caffeinate: "twi",
    busybox: "",
  }),
);

/** Commands that start the one behind them with other rights. */
const ELEVATING = new Map([
  ["sudo", "ugpCDhrRT"],
  ["doas", "uC"],
]);

export function lowerCommand(
  own: Lowering,
  command: Command,
  how: How,
  stdin: Expr | null,
): Step[] {
  const line = own.lineOf(command.pos);
  const assigns = [...command.prefix, ...command.suffix]
    .filter((one) => one.type === "Assignment")
    .flatMap((one) => lowerAssignment(own, one));
  if (command.name === undefined) {
    const bare = outputs(own, command.redirects, { kind: "group", parts: [] }, line);
    return bare.kind === "call" ? [...assigns, step(how, bare, line)] : assigns;
  }
  const words = [command.name, ...command.args.filter((arg) => arg.type === "Word")];
  const input = inputOf(own, command.redirects) ?? stdin;
  const named = command.name.value;
  if (named === "read" || named === "mapfile" || named === "readarray")
    return [...assigns, ...readSteps(command, input, line)];
  const opened = openedAs(command.redirects);
  if (named === "exec" && opened !== null && input !== null)
    return [...assigns, { kind: "assign", names: [opened], value: input, line }];
  if (named === "alias") {
    for (const one of command.args) noteAlias(own, one);
    const texts = command.args.map((one): Expr => ({ kind: "text", value: wholeOf(one) }));
    return [step(how, bareCall("alias", texts, null, line), line)];
  }
  const given = named === "env" ? words.slice(1).flatMap((one) => environmentStep(one, line)) : [];
  // `export A=b` prints nothing, and `export` alone prints everything.
  if (words.length === 1 && assigns.length > 0 && DECLARING.has(named)) return assigns;
  const call = callOf(own, words, input, line);
  return [...assigns, ...given, step(how, outputs(own, command.redirects, call, line), line)];
}

function lowerAssignment(own: Lowering, { name, value, append, pos }: Assignment): Step[] {
  const line = own.lineOf(pos);
  const given = value.type === "ArrayValue" ? groupOf(own, value.elements) : word(own, value);
  const whole: Expr =
    append === true ? { kind: "join", parts: [{ kind: "name", name }, given] } : given;
  const told: Call = {
    kind: "call",
    callee: "set-variable",
    on: null,
    args: [{ kind: "text", value: name }, given],
    named: {},
    line,
  };
  return [
    { kind: "assign", names: [name], value: whole, line },
    { kind: "do", value: told, line },
  ];
}

/** The call of a command line, with whatever only starts another command taken off. */
function callOf(own: Lowering, words: readonly Word[], stdin: Expr | null, line: number): Call {
  const [first, ...rest] = words;
  if (first === undefined) return bareCall("", [], stdin, line);
  const name = baseName(isPlain(first) ? first.value : "");
  const alias = own.aliases.get(first.value);
  if (alias !== undefined) {
    own.aliases.delete(first.value);
    const whole = callOf(own, [...alias, ...rest], stdin, line);
    own.aliases.set(first.value, alias);
    return whole;
  }
  if (name === "command" && /^-[vV]$/.test(rest[0]?.value ?? ""))
    return bareCall(
      "which",
      rest.map((one) => word(own, one)),
      null,
      line,
    );
  const wrapper = WRAPPERS.get(name);
  if (wrapper !== undefined) {
    const inner = afterOptions(rest, wrapper);
    if (inner.length > 0) return callOf(own, inner, stdin, line);
  }
  const elevating = ELEVATING.get(name);
  if (elevating !== undefined) {
    const inner = callOf(own, afterOptions(rest, elevating), stdin, line);
    return bareCall(name, [inner], null, line);
  }
  if (name === "xargs") {
    const inner = callOf(own, afterOptions(rest, "IinLPds"), null, line);
    if (stdin === null) return inner;
    const filled = inner.args.map((one) => withInput(one, stdin));
    const isFilled = filled.some((one, at) => one !== inner.args[at]);
    return { ...inner, args: isFilled ? filled : [...inner.args, stdin] };
  }
  const args = rest.map((one) => word(own, one));
  if (name !== "") return bareCall(name, args, stdin, line);
  // A command that is put together: its name is known when the value of its word is.
  return { ...bareCall("run-word", args, stdin, line), on: word(own, first) };
}

/** `xargs -I{} curl …{}`: what comes in stands where the mark is. */
function withInput(one: Expr, stdin: Expr): Expr {
  if (one.kind === "join")
    return one.parts.some((part) => withInput(part, stdin) !== part)
      ? { kind: "join", parts: one.parts.map((part) => withInput(part, stdin)) }
      : one;
  const at = one.kind === "text" ? one.value.indexOf("{}") : -1;
  if (one.kind !== "text" || at < 0) return one;
  const [before, after] = [one.value.slice(0, at), one.value.slice(at + 2)];
  return {
    kind: "join",
    parts: [{ kind: "text", value: before }, stdin, { kind: "text", value: after }],
  };
}

function isPlain(one: Word): boolean {
  return (one.parts ?? []).every(
    (part) =>
      ["Literal", "SingleQuoted", "AnsiCQuoted", "DoubleQuoted"].includes(part.type) &&
      (part.type !== "DoubleQuoted" || part.parts.every((inner) => inner.type === "Literal")),
  );
}

/** `/usr/bin/curl` is curl; a program of the skill keeps its path. */
export function baseName(name: string): string {
  if (/^\/.{0,20}[?*[]/.test(name)) return globbed(name) ?? name;
  return /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]{1,60})$/.exec(name)?.[1] ?? name;
}

const OFTEN_MEANT =
  "bash sh dash zsh curl wget nc ncat cat python3 python perl ruby node base64 rm cp chmod ssh scp".split(
    " ",
  );

/** `/???/b??h`: the command that a pattern in the place of a path is meant to find. */
function globbed(name: string): string | null {
  if (name.length > 40) return null;
  const pattern = name
    .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll("?", "[^/]")
    .replaceAll("*", "[^/]{0,40}");
  const parsed = parsePattern(pattern);
  if (parsed === null) return null;
  return (
    OFTEN_MEANT.find((one) => ["/bin/", "/usr/bin/"].some((at) => parsed.test(at + one))) ?? null
  );
}

function parsePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(`^${pattern}$`);
  } catch {
    return null;
  }
}

function afterOptions(words: readonly Word[], valued: string): readonly Word[] {
  let at = 0;
  while (at < words.length) {
    const text = words[at]?.value ?? "";
    if (/^[A-Za-z_]\w{0,60}=/.test(text) || /^\d+[smhd]?$/.test(text)) at += 1;
    else if (text.startsWith("-") && text.length > 1)
      at += text.length === 2 && valued.includes(text.slice(1)) ? 2 : 1;
    else break;
  }
  return words.slice(at);
}

const DECLARING: ReadonlySet<string> = new Set([
  "export",
  "declare",
  "local",
  "readonly",
  "typeset",
]);

/** `read a b`: the names get what comes in. */
function readSteps(command: Command, input: Expr | null, line: number): readonly Step[] {
  const named = readNames(command);
  const names = named.length > 0 ? named : ["REPLY"];
  const value: Expr = { kind: "group", parts: [input ?? { kind: "name", name: "stdin" }] };
  return names.map((name) => ({ kind: "assign", names: [name], value, line }));
}

/** `exec 5<>file`: the name under which later commands read it. */
function openedAs(redirects: readonly Redirection[]): string | null {
  const [one] = redirects;
  const isNumbered = one?.type === "Redirect" && one.descriptor?.type === "FileDescriptor";
  return isNumbered && one.descriptor?.type === "FileDescriptor"
    ? `&${one.descriptor.value}`
    : null;
}

/** `env LD_PRELOAD=x cmd` sets a variable as `export` does. */
function environmentStep(one: Word, line: number): readonly Step[] {
  const [, name, value = ""] = /^([A-Z_]{1,60})=([\s\S]{0,500})$/.exec(one.value) ?? [];
  if (name === undefined) return [];
  const args: readonly Expr[] = [
    { kind: "text", value: name },
    { kind: "text", value },
  ];
  return [step("do", bareCall("set-variable", args, null, line), line)];
}

function wholeOf(one: Word | Assignment): string {
  if (one.type === "Word") return one.value;
  return one.value.type === "Word" ? `${one.name}=${one.value.value}` : "";
}

/** `alias g=curl`: later commands of that name begin with these words. */
function noteAlias(own: Lowering, one: Word | Assignment): void {
  const [, name, text] = /^([\w.-]{1,60})=([\s\S]{1,500})$/.exec(wholeOf(one)) ?? [];
  if (name === undefined || text === undefined || own.aliases.size > 100) return;
  const command = parse(text).commands[0]?.command;
  if (command?.type !== "Command" || command.name === undefined) return;
  own.aliases.set(name, [command.name, ...command.args.filter((arg) => arg.type === "Word")]);
}

/** The names that `read` fills. */
export function readNames(node: SyntaxNode): readonly string[] {
  if (node.type !== "Command" || !/^(?:read|mapfile|readarray)$/.test(node.name?.value ?? ""))
    return [];
  return node.args.flatMap((arg) =>
    arg.type === "Word" && /^[A-Za-z_]\w{0,80}$/.test(arg.value) ? [arg.value] : [],
  );
}
