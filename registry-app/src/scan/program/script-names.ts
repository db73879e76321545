import type { Call, Expr } from "./ir.ts";
import type { SyntaxNode } from "./parsers.ts";

/** What is known of the names of a JavaScript program while it is lowered. */

const MAX_NODES = 120_000;
const MAX_DEPTH = 160;
const MAX_PATH = 20;

export type Scope = {
  /** What a name stands for when it came from a module: `exec` is `child_process.exec`. */
  readonly imports: Map<string, string>;
  /** Keys of objects that were written out, by the name that holds them. */
  readonly objects: Map<string, readonly string[]>;
  nodes: number;
  depth: number;
  isWhole: boolean;
};

export function openScope(): Scope {
  return { imports: new Map(), objects: new Map(), nodes: 0, depth: 0, isWhole: true };
}

/** Runs one level deeper; gives `other` when there is too much of the program, or it is nested too deeply. */
export function deeper<T>(scope: Scope, other: T, use: () => T): T {
  scope.nodes += 1;
  if (scope.nodes > MAX_NODES || scope.depth >= MAX_DEPTH) {
    scope.isWhole = false;
    return other;
  }
  scope.depth += 1;
  const given = use();
  scope.depth -= 1;
  return given;
}

export function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.namedChildren.flatMap((one) => (one === null || one.type === "comment" ? [] : [one]));
}

export function call(
  callee: string,
  on: Expr | null,
  args: readonly Expr[],
  line: number,
  named: Call["named"] = {},
): Expr {
  return { kind: "call", callee, on, args, named, line };
}

/** What does not change the value: brackets, types, `await`. */
export function unwrapped(node: SyntaxNode): SyntaxNode {
  let own = node;
  for (let at = 0; at < MAX_PATH; at += 1) {
    const isWrapper =
      /^(?:parenthesized|as|satisfies|non_null|await|instantiation|type_assertion)_?(?:expression)?$/.test(
        own.type,
      );
    // `(0, eval)` is `eval`.
    const inner = isWrapper
      ? partsOf(own)[0]
      : own.type === "sequence_expression"
        ? partsOf(own).at(-1)
        : undefined;
    if (inner === undefined) return own;
    own = inner;
  }
  return own;
}

/** A literal text, also one in pieces; null when a part of it is only known when it runs. */
export function literalOf(node: SyntaxNode, depth = 0): string | null {
  const own = unwrapped(node);
  if (own.type === "string") return textOf(own);
  if (own.type === "number") return own.text;
  if (own.type === "template_string")
    return own.namedChildren.some((one) => one?.type === "template_substitution")
      ? null
      : textOf(own);
  if (own.type !== "binary_expression" || depth > MAX_PATH) return null;
  const [left, right] = [own.childForFieldName("left"), own.childForFieldName("right")];
  if (left === null || right === null || own.childForFieldName("operator")?.text !== "+")
    return null;
  const [one, other] = [literalOf(left, depth + 1), literalOf(right, depth + 1)];
  return one === null || other === null ? null : one + other;
}

/** The text of a string or of a template without gaps. */
export function textOf(node: SyntaxNode): string {
  return node.namedChildren.map((one) => (one === null ? "" : pieceOf(one))).join("");
}

export function pieceOf(node: SyntaxNode): string {
  return node.type === "escape_sequence" ? unescape(node.text) : node.text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
  "\n": "",
};

function unescape(text: string): string {
  const hex = /^\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\})$/i.exec(text);
  const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? hex?.[3] ?? "", 16);
  if (Number.isInteger(code)) return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
  const letter = text.slice(1);
  return ESCAPES[letter] ?? letter;
}

/** `a.b["c"]` as a path, with imports spelled out; empty when a part of it is worked out when it runs. */
export function dotted(scope: Scope, node: SyntaxNode, depth = 0): string {
  const own = unwrapped(node);
  if (depth > MAX_PATH) return "";
  switch (own.type) {
    case "identifier":
    case "shorthand_property_identifier":
      return scope.imports.get(own.text) ?? own.text;
    case "import":
      return "import";
    case "this":
    case "super":
      return "this";
    case "call_expression":
      return moduleOf(own) ?? "";
    case "member_expression":
      if (MAKES_FUNCTIONS.test(own.text.slice(-60))) return "Function";
      return below(
        scope,
        own.childForFieldName("object"),
        own.childForFieldName("property")?.text ?? null,
        depth,
      );
    case "subscript_expression": {
      const key = own.childForFieldName("index");
      return below(
        scope,
        own.childForFieldName("object"),
        key === null ? null : literalOf(key),
        depth,
      );
    }
    default:
      return "";
  }
}

/** What makes a function by another name: `[].filter.constructor`. */
const MAKES_FUNCTIONS =
  /\.(?:constructor|filter|map|sort|flat|at|find|bind|call|apply|slice|push|toString|trim|concat)\.constructor$/;

function below(scope: Scope, of: SyntaxNode | null, key: string | null, depth: number): string {
  if (of === null || key === null || key === "" || key.length > 200) return "";
  const path = dotted(scope, of, depth + 1);
  // The whole of a module by another name.
  if (path !== "" && key === "default") return path;
  if (/^(?:globalThis|window|global|self)$/.test(path)) return key;
  return path === "" ? "" : `${path}.${key.replace(/^#/, "")}`;
}

/** The module that `require("x")` or `import("x")` names. */
function moduleOf(node: SyntaxNode): string | null {
  const target = node.childForFieldName("function");
  const isLoading =
    target !== null &&
    /^(?:require|import|module\.require|process\.mainModule\.require|process\.binding)$/.test(
      target.text,
    );
  const first = isLoading ? node.childForFieldName("arguments")?.namedChildren[0] : null;
  const name = first === null || first === undefined ? null : literalOf(first);
  return name === null ? null : moduleName(name);
}

export function moduleName(text: string): string {
  return text.replace(/^node:/, "").replaceAll("/", ".");
}

/** Notes what an `import` brings in. */
export function noteImports(scope: Scope, node: SyntaxNode): void {
  const source = node.childForFieldName("source");
  if (source === null) return;
  const module = moduleName(textOf(source));
  for (const clause of partsOf(node)) {
    if (clause.type !== "import_clause") continue;
    for (const one of partsOf(clause)) {
      if (one.type === "identifier") scope.imports.set(one.text, module);
      if (one.type === "namespace_import") scope.imports.set(partsOf(one)[0]?.text ?? "", module);
      if (one.type === "named_imports") noteNamed(scope, one, module);
    }
  }
}

function noteNamed(scope: Scope, node: SyntaxNode, module: string): void {
  for (const one of partsOf(node)) {
    const name = one.childForFieldName("name")?.text ?? "";
    const alias = one.childForFieldName("alias")?.text ?? name;
    scope.imports.set(alias, name === "default" ? module : `${module}.${name}`);
  }
}
