import type { Expr, Program, Step } from "./ir.ts";
import {
  call,
  dotted,
  endlessLoop,
  isSpent,
  namesOf,
  noteImports,
  paramsOf,
  statementCall,
  stringOf,
  type Lowering,
} from "./python-names.ts";
import { lineOf, withTree, type Grammars, type SyntaxNode } from "./parsers.ts";

/** Beyond this a file is data, or made to be slow. */
const MAX_CHARACTERS = 2_000_000;

const NOTHING: Expr = { kind: "group", parts: [] };

/** Reads Python into the language of facts, with imported names spelled out. */
export function lowerPython(grammars: Grammars, text: string): Program {
  const own: Lowering = {
    imports: new Map(),
    nodes: 0,
    depth: 0,
    isWhole: text.length <= MAX_CHARACTERS,
  };
  const steps = withTree(grammars.python, text.slice(0, MAX_CHARACTERS), (root) => {
    if (root.hasError) own.isWhole = false;
    return lowerAll(own, root.namedChildren);
  });
  return { language: "python", steps: steps ?? [], isWhole: own.isWhole && steps !== null };
}

type Node = SyntaxNode | null;

function lowerAll(own: Lowering, nodes: readonly Node[]): Step[] {
  return nodes.flatMap((node) => (node === null ? [] : lowerStatement(own, node)));
}

function lowerStatement(own: Lowering, node: SyntaxNode): Step[] {
  if (isSpent(own)) return [];
  own.depth += 1;
  const steps = lowerInside(own, node);
  own.depth -= 1;
  return steps;
}

function lowerInside(own: Lowering, node: SyntaxNode): Step[] {
  const line = lineOf(node);
  switch (node.type) {
    case "import_statement":
    case "import_from_statement":
      noteImports(own, node);
      return [];
    case "expression_statement":
      return lowerExpressionStatement(own, node);
    case "return_statement":
      return node.namedChildren.flatMap((one): Step[] =>
        one === null ? [] : [{ kind: "return", value: lower(own, one), line }],
      );
    case "function_definition":
      return [define(own, node, node.childForFieldName("name")?.text ?? "")];
    case "decorated_definition":
      return lowerAll(own, [node.childForFieldName("definition")]);
    case "class_definition":
      return lowerClass(own, node);
    case "if_statement":
    case "while_statement":
    case "for_statement":
      return lowerBlock(own, node);
    case "with_statement":
    case "try_statement":
    case "block":
    case "else_clause":
    case "except_clause":
    case "finally_clause":
    case "match_statement":
    case "case_clause":
    case "elif_clause":
      return node.namedChildren.flatMap((one) => (one === null ? [] : lowerPart(own, one)));
    case "with_clause":
      return node.namedChildren.flatMap((one) => (one === null ? [] : lowerPart(own, one)));
    case "with_item": {
      const value = node.childForFieldName("value");
      return value === null ? [] : lowerWithItem(own, value);
    }
    case "assert_statement":
    case "raise_statement":
    case "delete_statement":
    case "print_statement":
    case "exec_statement":
      return node.namedChildren.flatMap((one): Step[] =>
        one === null
          ? []
          : [{ kind: "do", value: statementCall(node.type, lower(own, one), line), line }],
      );
    default:
      return [];
  }
}

/** What may be a statement or an expression. */
function lowerPart(own: Lowering, node: SyntaxNode): Step[] {
  const steps = lowerStatement(own, node);
  if (steps.length > 0 || /statement$|clause$|block|comment|definition/.test(node.type))
    return steps;
  return [{ kind: "do", value: lower(own, node), line: lineOf(node) }];
}

function lowerWithItem(own: Lowering, value: SyntaxNode): Step[] {
  const line = lineOf(value);
  if (value.type !== "as_pattern") return [{ kind: "do", value: lower(own, value), line }];
  const [what, alias] = value.namedChildren;
  if (what === null || what === undefined) return [];
  const name = alias?.text ?? "";
  return [{ kind: "assign", names: [name], value: lower(own, what), line }];
}

function lowerExpressionStatement(own: Lowering, node: SyntaxNode): Step[] {
  return node.namedChildren.flatMap((one): Step[] => {
    if (one === null) return [];
    const line = lineOf(one);
    if (one.type === "assignment" || one.type === "augmented_assignment")
      return lowerAssignment(own, one);
    return [{ kind: "do", value: lower(own, one), line }];
  });
}

function lowerAssignment(own: Lowering, node: SyntaxNode): Step[] {
  const left = node.childForFieldName("left");
  const right = node.childForFieldName("right");
  if (left === null || right === null) return [];
  const line = lineOf(node);
  const inner = right.type === "assignment" ? lowerAssignment(own, right) : [];
  const value =
    right.type === "assignment"
      ? lower(own, right.childForFieldName("left") ?? right)
      : lower(own, right);
  const names = namesOf(own, left);
  const whole: Expr =
    node.type === "augmented_assignment"
      ? { kind: "join", parts: [{ kind: "name", name: names[0] ?? "" }, value] }
      : value;
  if (left.type === "subscript") return [...inner, ...assignPart(own, left, whole, line)];
  return [...inner, { kind: "assign", names, value: whole, line }];
}

/** `os.environ["A"] = x` and `d[k] = x`: the whole then holds the part. */
function assignPart(own: Lowering, left: SyntaxNode, value: Expr, line: number): Step[] {
  const of = lower(own, left.childForFieldName("value") ?? left);
  if (of.kind !== "name") return [];
  const key = lower(own, left.childForFieldName("subscript") ?? left);
  const named = [{ kind: "text", value: of.name } as const, key, value];
  const told: Step = { kind: "do", value: call("set-item", null, named, {}, line), line };
  // Setting one variable of the environment takes none of the others.
  if (/(?:^|\.)environ$/.test(of.name)) return [told];
  const parts = [{ kind: "name", name: of.name } as const, key, value];
  return [told, { kind: "assign", names: [of.name], value: { kind: "group", parts }, line }];
}

function lowerBlock(own: Lowering, node: SyntaxNode): Step[] {
  const line = lineOf(node);
  const isFor = node.type === "for_statement";
  const test = node.childForFieldName(isFor ? "right" : "condition");
  const left = isFor ? node.childForFieldName("left") : null;
  const body = node.childForFieldName("consequence") ?? node.childForFieldName("body");
  const others = node.childrenForFieldName("alternative");
  const isEndless = node.type === "while_statement" && /^(?:True|1)$/.test(test?.text ?? "");
  return [
    ...(isEndless && body !== null ? [endlessLoop(body)] : []),
    ...(test === null ? [] : boundInside(own, test)),
    {
      kind: "block",
      how: node.type === "if_statement" ? "if" : "loop",
      test: test === null ? null : lower(own, test),
      each: left === null ? [] : namesOf(own, left),
      body: body === null ? [] : lowerAll(own, [body]),
      otherwise: lowerAll(own, others),
      line,
    },
  ];
}

/** `while line := read():` binds a name before the body runs. */
function boundInside(own: Lowering, test: SyntaxNode): Step[] {
  const named = test.type === "named_expression" ? test : test.namedChildren[0];
  if (named?.type !== "named_expression") return [];
  const value = named.childForFieldName("value");
  const name = named.childForFieldName("name")?.text ?? "";
  return value === null
    ? []
    : [{ kind: "assign", names: [name], value: lower(own, value), line: lineOf(named) }];
}

function lowerClass(own: Lowering, node: SyntaxNode): Step[] {
  const name = node.childForFieldName("name")?.text ?? "";
  const body = node.childForFieldName("body");
  if (body === null) return [];
  return body.namedChildren.flatMap((one): Step[] => {
    const inner = one?.type === "decorated_definition" ? one.childForFieldName("definition") : one;
    if (inner === null || inner === undefined) return [];
    if (inner.type !== "function_definition") return lowerStatement(own, inner);
    const method = inner.childForFieldName("name")?.text ?? "";
    // Called on an instance, of which only the method's name is known.
    const isMaking = method === "__init__";
    return [define(own, inner, isMaking ? name : `self.${method}`)];
  });
}

function define(own: Lowering, node: SyntaxNode, name: string): Step {
  const body = node.childForFieldName("body");
  return {
    kind: "define",
    name,
    value: {
      kind: "function",
      params: paramsOf(node),
      body: body === null ? [] : lowerAll(own, [body]),
      line: lineOf(node),
    },
  };
}

function lower(own: Lowering, node: SyntaxNode): Expr {
  if (isSpent(own)) return NOTHING;
  own.depth += 1;
  const expr = lowerExpr(own, node);
  own.depth -= 1;
  return expr;
}

function lowerExpr(own: Lowering, node: SyntaxNode): Expr {
  switch (node.type) {
    case "string":
      return stringOf(node, (one) => lower(own, one));
    case "concatenated_string":
      return { kind: "join", parts: childrenOf(own, node) };
    case "integer":
    case "float":
      return { kind: "text", value: String(Number(node.text.replaceAll("_", ""))) };
    case "boolean_operator":
      return call("or-else", null, childrenOf(own, node), {}, lineOf(node));
    case "conditional_expression":
      return call(
        "or-else",
        null,
        childrenOf(own, node).filter((_, at) => at !== 1),
        {},
        lineOf(node),
      );
    case "identifier":
      return { kind: "name", name: own.imports.get(node.text) ?? node.text };
    case "attribute":
      return lowerAttribute(own, node);
    case "call":
      return lowerCall(own, node);
    case "subscript":
      return lowerSubscript(own, node);
    case "binary_operator":
      return lowerBinary(own, node);
    case "lambda":
      return lowerLambda(own, node);
    case "await":
    case "parenthesized_expression": {
      const inner = node.namedChildren[0];
      return inner === null || inner === undefined ? NOTHING : lower(own, inner);
    }
    case "list_comprehension":
    case "set_comprehension":
    case "generator_expression":
    case "dictionary_comprehension":
      return lowerComprehension(own, node);
    case "keyword_argument":
    case "pair": {
      const value = node.childForFieldName("value");
      if (value === null) return NOTHING;
      const isCommand = /^["'](?:command|cmd)["']$/.test(node.childForFieldName("key")?.text ?? "");
      const given = lower(own, value);
      return isCommand ? call("run-later", null, [given], {}, lineOf(node)) : given;
    }
    case "comment":
    case "true":
    case "false":
    case "none":
      return { kind: "text", value: node.text };
    default:
      return { kind: "group", parts: childrenOf(own, node) };
  }
}

function childrenOf(own: Lowering, node: SyntaxNode): readonly Expr[] {
  return node.namedChildren.flatMap((one) =>
    one === null || one.type === "comment" ? [] : [lower(own, one)],
  );
}

function lowerAttribute(own: Lowering, node: SyntaxNode): Expr {
  const path = dotted(own, node);
  if (path !== "") return { kind: "name", name: path };
  const of = node.childForFieldName("object");
  return of === null ? NOTHING : { kind: "group", parts: [lower(own, of)] };
}

function lowerSubscript(own: Lowering, node: SyntaxNode): Expr {
  const of = node.childForFieldName("value");
  const key = node.childForFieldName("subscript");
  if (of === null || key === null) return NOTHING;
  if (key.type === "slice") {
    const parts = key.text.split(":").map((value): Expr => ({ kind: "text", value: value.trim() }));
    return call("slice", null, [lower(own, of), ...parts], {}, lineOf(node));
  }
  return { kind: "index", of: lower(own, of), key: lower(own, key) };
}

/** `a + b + c` is one row of parts, however long. */
function lowerBinary(own: Lowering, node: SyntaxNode): Expr {
  const operator = operatorOf(node);
  const row: SyntaxNode[] = [];
  let first = node;
  while (first.type === "binary_operator" && operatorOf(first) === operator) {
    const right = first.childForFieldName("right");
    const left = first.childForFieldName("left");
    if (right === null || left === null) break;
    row.push(right);
    first = left;
  }
  const nodes = [first, ...row.toReversed()];
  const parts = nodes.map((one) => lower(own, one));
  const line = lineOf(node);
  const isNumber = nodes.some((one) => one.type === "integer");
  if (operator === "+" && !isNumber) return { kind: "join", parts };
  if (operator === "%" && first.type.includes("string"))
    return call("format", null, parts, {}, line);
  if (operator === "/") return call("path-join", null, parts, {}, line);
  if (/^[-+*%&|^]$/.test(operator) && parts.length === 2)
    return call(`number ${operator}`, null, parts, {}, line);
  return { kind: "group", parts };
}

const operatorOf = (node: SyntaxNode) => node.childForFieldName("operator")?.text ?? "";

function lowerLambda(own: Lowering, node: SyntaxNode): Expr {
  const body = node.childForFieldName("body");
  const params = (node.childForFieldName("parameters")?.namedChildren ?? []).flatMap((one) =>
    one === null ? [] : [one.text],
  );
  const line = lineOf(node);
  const steps: Step[] = body === null ? [] : [{ kind: "return", value: lower(own, body), line }];
  return { kind: "function", params, body: steps, line };
}

/** What a comprehension gives: its body, run with its names bound as a loop does. */
function lowerComprehension(own: Lowering, node: SyntaxNode): Expr {
  const line = lineOf(node);
  const body = node.childForFieldName("body");
  if (body === null) return NOTHING;
  const clauses = node.namedChildren.filter((one) => one?.type === "for_in_clause");
  const inner: Step = { kind: "return", value: lower(own, body), line };
  const steps = clauses.reduceRight<Step>((within, clause) => {
    const left = clause?.childForFieldName("left");
    const right = clause?.childForFieldName("right");
    return {
      kind: "block",
      how: "loop",
      test: right === null || right === undefined ? null : lower(own, right),
      each: left === null || left === undefined ? [] : namesOf(own, left),
      body: [within],
      otherwise: [],
      line,
    };
  }, inner);
  return call("", { kind: "function", params: [], body: [steps], line }, [], {}, line);
}

function lowerCall(own: Lowering, node: SyntaxNode): Expr {
  const line = lineOf(node);
  const target = node.childForFieldName("function");
  const list = node.childForFieldName("arguments");
  if (target === null) return NOTHING;
  const args: Expr[] = [];
  const named: Record<string, Expr> = {};
  const given = list === null ? [] : list.type === "argument_list" ? list.namedChildren : [list];
  for (const one of given) {
    if (one === null || one.type === "comment") continue;
    if (one.type === "keyword_argument")
      named[one.childForFieldName("name")?.text ?? ""] = lower(own, one);
    else args.push(lower(own, one));
  }
  const path = dotted(own, target);
  if (path !== "") return call(path, null, args, named, line);
  if (target.type === "attribute") {
    const of = target.childForFieldName("object");
    const method = target.childForFieldName("attribute")?.text ?? "";
    return call(`.${method}`, of === null ? null : lower(own, of), args, named, line);
  }
  return call("", lower(own, target), args, named, line);
}
