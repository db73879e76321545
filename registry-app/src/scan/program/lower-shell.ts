import {
  parse,
  type Assignment,
  type Command,
  type CompoundList,
  type ParsedScript,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
} from "unbash";
import type { Call, Expr, Program, Step } from "./ir.ts";
import { shellTextOf } from "./shell-text.ts";
import { lowerHereDoc, lowerWord, runHere } from "./lower-words.ts";

/** Nodes that are lowered of one script, and how deep they may lie. */
const MAX_NODES = 60_000;
const MAX_DEPTH = 60;

type Lowering = {
  readonly aliases: Map<string, readonly Word[]>;
  readonly text: string;
  readonly lineOf: (pos: number) => number;
  nodes: number;
  depth: number;
  isWhole: boolean;
};

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

/** Reads Bash (and what POSIX shells share with it) into the language of facts. */
export function lowerShell(given: string): Program {
  const text = shellTextOf(given);
  const script = parse(text);
  const starts = lineStarts(text);
  const lowering: Lowering = {
    aliases: new Map(),
    text,
    lineOf: (pos) => lineOf(starts, pos),
    nodes: 0,
    depth: 0,
    isWhole: (script.errors ?? []).length === 0,
  };
  const steps = lowerStatements(lowering, script.commands, "do");
  const bomb =
    /(?:^|[\s;])([^\s(){};|&]{1,20})\s?\(\)\s{0,3}\{\s{0,3}\1\s{0,3}\|\s{0,3}\1\s{0,3}&/.exec(text);
  if (bomb !== null) {
    const line = lowering.lineOf(bomb.index);
    steps.push(step("do", bareCall("fork-bomb", [], null, line), line));
  }
  return { language: "shell", steps, isWhole: lowering.isWhole };
}

/** In a body whose output is used, each command's output is part of what it gives back. */
type How = "do" | "return";

function lowerStatements(own: Lowering, statements: readonly Statement[], how: How): Step[] {
  return statements.flatMap((one) => lowerNode(own, one.command, how, null));
}

function lowerList(own: Lowering, list: CompoundList, how: How): Step[] {
  return lowerStatements(own, list.commands, how);
}

function isSpent(own: Lowering): boolean {
  own.nodes += 1;
  if (own.nodes < MAX_NODES && own.depth < MAX_DEPTH) return false;
  own.isWhole = false;
  return true;
}

/** One command of any kind. `stdin` is what a pipe feeds it. */
function lowerNode(own: Lowering, node: SyntaxNode, how: How, stdin: Expr | null): Step[] {
  if (isSpent(own)) return [];
  own.depth += 1;
  const steps = lowerInside(own, node, how, stdin);
  own.depth -= 1;
  return steps;
}

function lowerInside(own: Lowering, node: SyntaxNode, how: How, stdin: Expr | null): Step[] {
  const line = own.lineOf(node.pos);
  switch (node.type) {
    case "Command":
      return lowerCommand(own, node, how, stdin);
    case "Pipeline":
      return lowerPipeline(own, node.commands, how, stdin);
    case "AndOr":
      return node.commands.flatMap((one) => lowerNode(own, one, how, stdin));
    case "Redirected":
      return lowerRedirected(own, node.command, node.redirects, how, stdin);
    case "Subshell":
    case "BraceGroup":
      return feed(stdin, line, lowerList(own, node.body, how));
    case "If": {
      const { before, test } = conditionOf(lowerList(own, node.clause, "do"));
      return [
        ...before,
        {
          kind: "block",
          how: "if",
          test,
          each: [],
          body: lowerList(own, node.then, how),
          otherwise: [
            ...node.elif.flatMap((one) => [
              ...lowerList(own, one.clause, "do"),
              ...lowerList(own, one.then, how),
            ]),
            ...(node.else === undefined ? [] : lowerList(own, node.else, how)),
          ],
          line,
        },
      ];
    }
    case "For":
    case "Select":
      return [
        loop(
          line,
          groupOf(own, node.wordlist ?? []),
          [node.name.value],
          lowerList(own, node.body, how),
        ),
      ];
    case "ArithmeticFor":
      return [loop(line, null, [], lowerList(own, node.body, how))];
    case "While":
      return lowerWhile(own, node, how, stdin);
    case "Case":
      return node.items.map((item) => ({
        kind: "block",
        how: "if",
        test: word(own, node.word),
        each: [],
        body: lowerList(own, item.body, how),
        otherwise: [],
        line,
      }));
    case "Function": {
      const body =
        node.body.type === "CompoundList"
          ? lowerList(own, node.body, "return")
          : lowerNode(own, node.body, "return", null);
      return [
        {
          kind: "define",
          name: node.name.value,
          value: { kind: "function", params: [], body, line },
        },
      ];
    }
    case "Coproc":
      return node.body.type === "CompoundList"
        ? lowerList(own, node.body, how)
        : lowerNode(own, node.body, how, stdin);
    case "TestCommand":
      return [
        step(
          "do",
          {
            kind: "call",
            callee: "test",
            on: null,
            args: testWords(own, node.expression),
            named: {},
            line,
          },
          line,
        ),
      ];
    default:
      return [];
  }
}

function step(how: How, value: Expr, line: number): Step {
  return { kind: how, value, line };
}

function loop(
  line: number,
  test: Expr | null,
  each: readonly string[],
  body: readonly Step[],
): Step {
  return { kind: "block", how: "loop", test, each, body, otherwise: [], line };
}

function feed(stdin: Expr | null, line: number, steps: readonly Step[]): Step[] {
  if (stdin === null) return [...steps];
  return [{ kind: "assign", names: ["stdin"], value: stdin, line }, ...steps];
}

function lowerWhile(
  own: Lowering,
  node: Extract<SyntaxNode, { type: "While" }>,
  how: How,
  stdin: Expr | null,
): Step[] {
  const names = node.clause.commands.flatMap(({ command }) => readNames(command));
  const line = own.lineOf(node.pos);
  const isEndless =
    names.length === 0 &&
    !/\b(?:sleep|read|break|wait|exit|return|inotifywait)\b/.test(
      own.text.slice(node.body.pos, node.body.end),
    ) &&
    /^(?:true|:|\[ 1 \])?$/.test(clauseWord(node.clause.commands[0]?.command));
  const test: Expr | null = stdin ?? (isEndless ? endless(line) : null);
  return [
    ...(names.length > 0 ? [] : lowerList(own, node.clause, "do")),
    loop(line, test, names, lowerList(own, node.body, how)),
  ];
}

function endless(line: number): Expr {
  return { kind: "call", callee: "while-true", on: null, args: [], named: {}, line };
}

function clauseWord(node: SyntaxNode | undefined): string {
  return node?.type === "Command" ? (node.name?.value ?? "") : "?";
}

function readNames(node: SyntaxNode): readonly string[] {
  if (node.type !== "Command" || !/^(?:read|mapfile|readarray)$/.test(node.name?.value ?? ""))
    return [];
  return node.args.flatMap((arg) =>
    arg.type === "Word" && /^[A-Za-z_]\w{0,80}$/.test(arg.value) ? [arg.value] : [],
  );
}

function lowerPipeline(
  own: Lowering,
  commands: readonly SyntaxNode[],
  how: How,
  stdin: Expr | null,
): Step[] {
  let fed = stdin;
  const before: Step[] = [];
  for (const [at, command] of commands.entries()) {
    const isLast = at === commands.length - 1;
    const steps = lowerNode(own, command, isLast ? how : "return", fed);
    if (isLast) return [...before, ...steps];
    fed = outputOf(steps, own.lineOf(command.pos));
  }
  return before;
}

/** What steps print: the one call they are, or a body that is run. */
function outputOf(steps: readonly Step[], line: number): Expr {
  const [only, ...others] = steps;
  if (only?.kind === "return" && others.length === 0) return only.value;
  return runHere({ kind: "function", params: [], body: steps, line });
}

function lowerRedirected(
  own: Lowering,
  command: SyntaxNode,
  redirects: readonly Redirection[],
  how: How,
  stdin: Expr | null,
): Step[] {
  const line = own.lineOf(command.pos);
  const input = inputOf(own, redirects) ?? stdin;
  const steps = lowerNode(own, command, "return", input);
  const wrapped = outputs(own, redirects, outputOf(steps, line), line);
  return [step(how, wrapped, line)];
}

function lowerScript(own: Lowering, script: ParsedScript | undefined): Expr {
  if (script === undefined || isSpent(own)) return { kind: "group", parts: [] };
  own.depth += 1;
  const steps = lowerStatements(own, script.commands, "return");
  own.depth -= 1;
  return outputOf(steps, script.source === undefined ? own.lineOf(script.pos) : 1);
}

function word(own: Lowering, one: Word): Expr {
  return lowerWord(one, (script) => lowerScript(own, script));
}

function groupOf(own: Lowering, words: readonly Word[]): Expr {
  return { kind: "group", parts: words.map((one) => word(own, one)) };
}

function lowerCommand(own: Lowering, command: Command, how: How, stdin: Expr | null): Step[] {
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
    return [];
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
    return stdin === null ? inner : { ...inner, args: [...inner.args, stdin] };
  }
  const args = rest.map((one) => word(own, one));
  if (name !== "") return bareCall(name, args, stdin, line);
  // A command that is put together: its name is known when the value of its word is.
  return { ...bareCall("run-word", args, stdin, line), on: word(own, first) };
}

function bareCall(callee: string, args: readonly Expr[], stdin: Expr | null, line: number): Call {
  const isFed = stdin?.kind === "call" && stdin.callee !== "";
  const named: Record<string, Expr> = {
    ...(stdin === null ? {} : { stdin }),
    ...(isFed ? { feeder: { kind: "text", value: stdin.callee } } : {}),
  };
  return { kind: "call", callee, on: null, args, named, line };
}

function isPlain(one: Word): boolean {
  return (one.parts ?? []).every(
    (part) =>
      ["Literal", "SingleQuoted", "AnsiCQuoted", "DoubleQuoted"].includes(part.type) &&
      (part.type !== "DoubleQuoted" || part.parts.every((inner) => inner.type === "Literal")),
  );
}

/** `/usr/bin/curl` is curl; a program of the skill keeps its path. */
function baseName(name: string): string {
  return /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]{1,60})$/.exec(name)?.[1] ?? name;
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

function inputOf(own: Lowering, redirects: readonly Redirection[]): Expr | null {
  for (const one of redirects) {
    if (one.type === "HereDoc") return lowerHereDoc(one.body, (script) => lowerScript(own, script));
    if (one.target === undefined) continue;
    if (one.type === "HereString") return word(own, one.target);
    if (one.operator === "<&") return { kind: "name", name: `&${one.target.value}` };
    if (one.operator === "<" || one.operator === "<>") {
      const path = word(own, one.target);
      // `< <(command)` is the command's output; a path is read.
      if (path.kind === "call") return path;
      return bareCall("redirect-in", [path], null, own.lineOf(one.pos));
    }
  }
  return null;
}

function outputs(
  own: Lowering,
  redirects: readonly Redirection[],
  value: Expr,
  line: number,
): Expr {
  let whole = value;
  for (const one of redirects) {
    if (one.type !== "Redirect" || one.target === undefined || one.operator.startsWith("<"))
      continue;
    const path = one.target.value;
    const isError = one.descriptor?.type === "FileDescriptor" && one.descriptor.value === 2;
    if (path === "/dev/null" || /^[&\d-]{1,3}$/.test(path) || isError) continue;
    const callee = one.operator.endsWith(">>") ? "redirect-append" : "redirect-out";
    const inside: readonly Expr[] =
      whole.kind === "call" ? [{ kind: "text", value: whole.callee }] : [];
    whole = bareCall(callee, [word(own, one.target), whole, ...inside], null, line);
  }
  return whole;
}

/** A condition: what it asks is the test of the block, unless it also sets something. */
function conditionOf(steps: readonly Step[]): {
  readonly before: readonly Step[];
  readonly test: Expr | null;
} {
  const asked = steps.flatMap((one) => (one.kind === "do" ? [one.value] : []));
  return asked.length === steps.length
    ? { before: [], test: { kind: "group", parts: asked } }
    : { before: steps, test: null };
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

function testWords(own: Lowering, expression: SyntaxNode, depth = 0): readonly Expr[] {
  if (depth > MAX_DEPTH) return [];
  switch (expression.type) {
    case "TestUnary":
      return [word(own, expression.operand)];
    case "TestBinary":
      return [word(own, expression.left), word(own, expression.right)];
    case "TestLogical":
      return expression.operands.flatMap((one) => testWords(own, one, depth + 1));
    case "TestNot":
      return testWords(own, expression.operand, depth + 1);
    case "TestGroup":
      return testWords(own, expression.expression, depth + 1);
    default:
      return [];
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], pos: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= pos) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
