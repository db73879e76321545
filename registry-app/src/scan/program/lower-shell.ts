import {
  parse,
  type CompoundList,
  type ParsedScript,
  type Redirection,
  type Statement,
  type SyntaxNode,
} from "unbash";
import type { Expr, Program, Step } from "./ir.ts";
import { lowerCommand, readNames } from "./lower-command.ts";
import { inputOf, outputs } from "./lower-redirects.ts";
import { runHere } from "./lower-words.ts";
import { bareCall, groupOf, step, word, type How, type Lowering } from "./shell-parts.ts";
import { lineCounter } from "../views/lines.ts";
import { shellTextOf } from "./shell-text.ts";

/** Nodes that are lowered of one script, and how deep they may lie. */
const MAX_NODES = 60_000;

const MAX_DEPTH = 60;

/** Reads Bash (and what POSIX shells share with it) into the language of facts. */
export function lowerShell(given: string): Program {
  const text = shellTextOf(given);
  const script = parse(text);
  const lowering: Lowering = {
    aliases: new Map(),
    text,
    script: (one) => lowerScript(lowering, one),
    lineOf: lineCounter(text),
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
    case "If":
      return lowerIf(own, node, how);
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
      return lowerCase(own, node, how);
    case "Function":
      return lowerFunction(own, node);
    case "Coproc":
      return node.body.type === "CompoundList"
        ? lowerList(own, node.body, how)
        : lowerNode(own, node.body, how, stdin);
    case "TestCommand":
      return [step("do", bareCall("test", testWords(own, node.expression), null, line), line)];
    default:
      return [];
  }
}

function lowerIf(own: Lowering, node: Extract<SyntaxNode, { type: "If" }>, how: How): Step[] {
  const line = own.lineOf(node.pos);

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

function lowerCase(own: Lowering, node: Extract<SyntaxNode, { type: "Case" }>, how: How): Step[] {
  const line = own.lineOf(node.pos);
  return node.items.map((item) => ({
    kind: "block",
    how: "if",
    test: word(own, node.word),
    each: [],
    body: lowerList(own, item.body, how),
    otherwise: [],
    line,
  }));
}

function lowerFunction(own: Lowering, node: Extract<SyntaxNode, { type: "Function" }>): Step[] {
  const line = own.lineOf(node.pos);
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
  const fed = node.clause.commands.flatMap(({ command }) =>
    command.type === "Command" ? (inputOf(own, command.redirects) ?? []) : [],
  )[0];
  const test: Expr | null = fed ?? stdin ?? (isEndless ? endless(line) : null);
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
