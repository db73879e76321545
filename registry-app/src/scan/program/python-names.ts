import type { Expr, Step } from "./ir.ts";
import { lineOf, type SyntaxNode } from "./parsers.ts";

/** What is known of the names of a Python program while it is lowered. */
export type Lowering = {
  readonly imports: Map<string, string>;
  nodes: number;
  depth: number;
  isWhole: boolean;
};

const MAX_PATH = 20;
const MAX_NODES = 80_000;
const MAX_DEPTH = 90;

export function call(
  callee: string,
  on: Expr | null,
  args: readonly Expr[],
  named: Readonly<Record<string, Expr>>,
  line: number,
): Expr {
  return { kind: "call", callee, on, args, named, line };
}

export function noteImports(own: Lowering, node: SyntaxNode): void {
  const from = node.childForFieldName("module_name")?.text;
  for (const one of node.childrenForFieldName("name")) {
    if (one === null) continue;
    const isAliased = one.type === "aliased_import";
    const name = isAliased ? (one.childForFieldName("name")?.text ?? "") : one.text;
    const alias = isAliased ? (one.childForFieldName("alias")?.text ?? name) : name;
    if (from !== undefined) own.imports.set(alias, `${from}.${name}`);
    else if (isAliased) own.imports.set(alias, name);
  }
}

/** `a.b.c` as a path, with imports spelled out and names in pieces put together; empty when it is not one. */
export function dotted(own: Lowering, node: SyntaxNode, depth = 0): string {
  if (depth > MAX_PATH) return "";
  switch (node.type) {
    case "identifier":
      return own.imports.get(node.text) ?? node.text;
    case "attribute":
      return below(
        dottedOf(own, node.childForFieldName("object"), depth),
        node.childForFieldName("attribute")?.text ?? "",
      );
    case "call":
      return reflected(own, node, depth);
    case "subscript":
      return subscripted(own, node, depth);
    default:
      return "";
  }
}

function dottedOf(own: Lowering, node: SyntaxNode | null, depth: number): string {
  return node === null ? "" : dotted(own, node, depth + 1);
}

function below(path: string, name: string): string {
  if (path === "" || name === "") return "";
  return /^(?:__builtins__|builtins|globals|__dict__)$/.test(path) ? name : `${path}.${name}`;
}

/** `__import__("os")` is `os`, `getattr(os, "system")` is `os.system`. */
function reflected(own: Lowering, node: SyntaxNode, depth: number): string {
  const callee = node.childForFieldName("function")?.text ?? "";
  const args = node.childForFieldName("arguments")?.namedChildren ?? [];
  const [first = null, second = null] = args;
  if (callee === "globals" || callee === "vars") return "globals";
  if (/^(?:__import__|(?:importlib\.)?import_module)$/.test(callee) && first !== null)
    return literalOf(first) ?? "";
  if (callee !== "getattr" || first === null || second === null) return "";
  return below(dotted(own, first, depth + 1), literalOf(second) ?? "");
}

/** `globals()["eval"]`, `__builtins__.__dict__["exec"]`. */
function subscripted(own: Lowering, node: SyntaxNode, depth: number): string {
  const of = dottedOf(own, node.childForFieldName("value"), depth);
  const key = node.childForFieldName("subscript");
  if (!/^(?:globals|__builtins__|__dict__)$|modules$/.test(of) || key === null) return "";
  const name = literalOf(key) ?? "";
  if (of === "sys.modules") return name;
  return name === "__builtins__" ? name : below(of, name);
}

/** A literal text, also one in pieces; null when a part of it is only known when it runs. */
export function literalOf(node: SyntaxNode, depth = 0): string | null {
  if (depth > MAX_PATH) return null;
  const both = (one: SyntaxNode | null, other: SyntaxNode | null) => {
    const [left, right] = [one, other].map((part) =>
      part === null ? null : literalOf(part, depth + 1),
    );
    return typeof left === "string" && typeof right === "string" ? left + right : null;
  };
  if (node.type === "string") {
    const parts = node.namedChildren;
    if (parts.some((one) => one?.type === "interpolation")) return null;
    return parts.map((one) => (one?.type === "string_content" ? unescape(one.text) : "")).join("");
  }
  if (node.type === "parenthesized_expression" && node.namedChildren[0])
    return literalOf(node.namedChildren[0], depth + 1);
  if (node.type === "binary_operator" && node.childForFieldName("operator")?.text === "+")
    return both(node.childForFieldName("left"), node.childForFieldName("right"));
  if (node.type === "concatenated_string")
    return both(node.namedChildren[0] ?? null, node.namedChildren[1] ?? null);
  if (node.type !== "subscript") return null;
  const of = node.childForFieldName("value");
  const text = of === null ? null : literalOf(of, depth + 1);
  const isReversing = node.childForFieldName("subscript")?.text.replaceAll(" ", "") === "::-1";
  return text !== null && isReversing ? [...text].toReversed().join("") : null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  "\n": "",
};

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (_whole, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return fromCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return fromCode(Number.parseInt(octal, 8));
      return ESCAPES[letter ?? ""] ?? letter ?? "";
    },
  );
}

function fromCode(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
}

/** A string with what is worked out inside of it. */
export function stringOf(node: SyntaxNode, inside: (node: SyntaxNode) => Expr): Expr {
  const start =
    node.namedChildren.find((one) => one?.type === "string_start")?.text.toLowerCase() ?? "";
  const isRaw = start.includes("r");
  const parts = node.namedChildren.flatMap((one): Expr[] => {
    if (one?.type === "string_content")
      return [{ kind: "text", value: isRaw ? one.text : unescape(one.text) }];
    if (one?.type !== "interpolation") return [];
    const value = one.childForFieldName("expression");
    return value === null ? [] : [inside(value)];
  });
  return parts.length === 1 && parts[0]?.kind === "text" ? parts[0] : { kind: "join", parts };
}

/** Says what stands in a loop without an end, as far as it is short enough to be nothing else. */
export function endlessLoop(body: SyntaxNode): Step {
  const line = lineOf(body);
  const text: Expr = {
    kind: "text",
    value: body.endIndex - body.startIndex < 400 ? body.text : "",
  };
  return { kind: "do", value: call("endless-loop", null, [text], {}, line), line };
}

export function isSpent(own: Lowering): boolean {
  own.nodes += 1;
  if (own.nodes < MAX_NODES && own.depth < MAX_DEPTH) return false;
  own.isWhole = false;
  return true;
}

/** Every name that a target binds. */
export function namesOf(own: Lowering, node: SyntaxNode): readonly string[] {
  if (node.type === "identifier") return [node.text];
  if (node.type === "attribute") return [dotted(own, node)];
  if (/pattern_list|tuple_pattern|list_pattern|tuple|expression_list/.test(node.type))
    return node.namedChildren.flatMap((one) => (one === null ? [] : namesOf(own, one)));
  return [];
}

/** `exec "…"` of Python 2 is what `exec(…)` is. */
export function statementCall(type: string, value: Expr, line: number): Expr {
  return type === "exec_statement" ? call("exec", null, [value], {}, line) : value;
}

/** The names of a function's parameters; what it is called on has none here. */
export function paramsOf(node: SyntaxNode): readonly string[] {
  return (node.childForFieldName("parameters")?.namedChildren ?? []).flatMap((one) => {
    if (one === null) return [];
    const id =
      one.type === "identifier" ? one : (one.childForFieldName("name") ?? one.namedChildren[0]);
    const text = id?.text ?? "";
    return text === "self" || text === "cls" ? [] : [text];
  });
}
