import type { Expr, Step } from "./ir.ts";
import { lineOf, type SyntaxNode } from "./parsers.ts";
import * as names from "./script-names.ts";
import type { Scope } from "./script-names.ts";

/** Lowers a body of statements; handed in, as functions hold statements and statements hold values. */
export type LowerBody = (scope: Scope, node: SyntaxNode) => readonly Step[];

export const NOTHING: Expr = { kind: "group", parts: [] };

/** Methods that call what they are given with what they are called on. */
const CALLING_BACK = /(?:^|\.)(?:then|catch|finally|map|forEach|on|once|flatMap|pipe|addListener)$/;

/** The value that an expression gives. */
export function lowerValue(scope: Scope, given: SyntaxNode, body: LowerBody): Expr {
  const node = names.unwrapped(given);
  return names.deeper(scope, NOTHING, () => valueOf(scope, node, body));
}

function valueOf(scope: Scope, node: SyntaxNode, body: LowerBody): Expr {
  const inside = (one: SyntaxNode) => lowerValue(scope, one, body);
  switch (node.type) {
    case "string":
      return { kind: "text", value: names.textOf(node) };
    case "number":
      return { kind: "text", value: String(Number(node.text.replaceAll("_", ""))) };
    case "true":
    case "false":
    case "null":
    case "regex":
      return { kind: "text", value: node.text };
    case "template_string":
      return template(node, inside);
    case "identifier":
    case "this":
    case "shorthand_property_identifier":
      return { kind: "name", name: names.dotted(scope, node) };
    case "member_expression":
    case "subscript_expression":
      return member(scope, node, inside);
    case "call_expression":
    case "new_expression":
      return callOf(scope, node, body);
    case "binary_expression":
    case "ternary_expression":
      return combined(node, inside);
    case "assignment_expression":
    case "augmented_assignment_expression": {
      const right = node.childForFieldName("right");
      return right === null ? NOTHING : inside(right);
    }
    case "arrow_function":
    case "function_expression":
    case "generator_function":
    case "method_definition":
    case "function_declaration":
    case "generator_function_declaration":
      return functionOf(scope, node, body);
    default:
      return { kind: "group", parts: parts(node, inside) };
  }
}

type Inside = (node: SyntaxNode) => Expr;

function parts(node: SyntaxNode, inside: Inside): readonly Expr[] {
  return names.partsOf(node).map((one) => {
    const value = one.type === "pair" ? one.childForFieldName("value") : null;
    return inside(value ?? one);
  });
}

function template(node: SyntaxNode, inside: Inside): Expr {
  const pieces = names.partsOf(node).map((one): Expr => {
    if (one.type !== "template_substitution") return { kind: "text", value: names.pieceOf(one) };
    const [value] = names.partsOf(one);
    return value === undefined ? NOTHING : inside(value);
  });
  return { kind: "join", parts: pieces };
}

function member(scope: Scope, node: SyntaxNode, inside: Inside): Expr {
  const path = names.dotted(scope, node);
  if (path !== "") return { kind: "name", name: path };
  const of = node.childForFieldName("object");
  const key = node.childForFieldName("index");
  if (of === null) return NOTHING;
  if (key === null) return { kind: "group", parts: [inside(of)] };
  // One variable, of which the name is only known when it runs, is not the whole environment.
  if (names.dotted(scope, of) === "process.env")
    return names.call("process.env.get", null, [inside(key)], lineOf(node));
  return { kind: "index", of: inside(of), key: inside(key) };
}

/** `a + b + c` is one row of parts, however long. */
function combined(node: SyntaxNode, inside: Inside): Expr {
  const line = lineOf(node);
  if (node.type === "ternary_expression")
    return names.call("or-else", null, parts(node, inside).slice(1), line);
  const operator = operatorOf(node);
  const row: SyntaxNode[] = [];
  let left: SyntaxNode = node;
  while (left.type === "binary_expression" && operatorOf(left) === operator) {
    const right = left.childForFieldName("right");
    const next = left.childForFieldName("left");
    if (right === null || next === null) break;
    row.push(right);
    left = names.unwrapped(next);
  }
  const all = [left, ...row.toReversed()].map(inside);
  if (operator === "+") return { kind: "join", parts: all };
  if (operator === "||" || operator === "??") return names.call("or-else", null, all, line);
  if (/^[-^*%&]$/.test(operator) && all.length === 2)
    return names.call(`number ${operator}`, null, all, line);
  return { kind: "group", parts: all };
}

const operatorOf = (node: SyntaxNode) => node.childForFieldName("operator")?.text ?? "";

export function functionOf(
  scope: Scope,
  node: SyntaxNode,
  body: LowerBody,
): Extract<Expr, { kind: "function" }> {
  const line = lineOf(node);
  const list = node.childForFieldName("parameters");
  const given = list === null ? [node.childForFieldName("parameter")] : names.partsOf(list);
  const params = given.map((one) => (one === null ? "" : paramName(one)));
  // Names of parameters are not those of modules.
  for (const name of params) if (scope.imports.has(name)) scope.imports.set(name, name);
  const own = node.childForFieldName("body");
  if (own === null) return { kind: "function", params, body: [], line };
  const isSetting = names.unwrapped(own).type.endsWith("assignment_expression");
  const whole = own.type === "parenthesized_expression" ? own : node;
  const steps: readonly Step[] =
    own.type === "statement_block"
      ? body(scope, own)
      : isSetting
        ? body(scope, whole)
        : [{ kind: "return", value: lowerValue(scope, own, body), line: lineOf(own) }];
  return { kind: "function", params, body: [...openPatterns(given), ...steps], line };
}

function paramName(node: SyntaxNode): string {
  const own = node.childForFieldName("pattern") ?? node.childForFieldName("left") ?? node;
  if (own.type === "identifier") return own.text;
  if (own.type === "rest_pattern") return names.partsOf(own)[0]?.text ?? "";
  return `pattern ${own.startIndex}`;
}

/** `function ({ a, b })`: each of the names holds what was given. */
function openPatterns(given: readonly (SyntaxNode | null)[]): readonly Step[] {
  return given.flatMap((one): Step[] => {
    const own = one?.childForFieldName("pattern") ?? one;
    if (own === null || !/^(?:object|array)_pattern$/.test(own.type)) return [];
    const value: Expr = { kind: "name", name: `pattern ${own.startIndex}` };
    const line = lineOf(own);
    return boundNames(own).map((name) => ({ kind: "assign", names: [name], value, line }));
  });
}

/** Every name that a pattern binds. */
export function boundNames(node: SyntaxNode, depth = 0): readonly string[] {
  if (depth > 12) return [];
  if (node.type === "identifier" || node.type === "shorthand_property_identifier_pattern")
    return [node.text];
  const value = node.childForFieldName("value") ?? node.childForFieldName("left");
  if (value !== null && /pair_pattern|assignment_pattern/.test(node.type))
    return boundNames(value, depth + 1);
  if (!node.type.endsWith("pattern")) return [];
  return names.partsOf(node).flatMap((one) => boundNames(one, depth + 1));
}

function callOf(scope: Scope, node: SyntaxNode, body: LowerBody): Expr {
  const line = lineOf(node);
  const written = node.childForFieldName("function") ?? node.childForFieldName("constructor");
  const list = node.childForFieldName("arguments");
  if (written === null) return NOTHING;
  const target = names.unwrapped(written);
  const path = target.type === "call_expression" ? "" : names.dotted(scope, target);
  const method = methodOf(target);
  const given = list === null ? [] : list.type === "arguments" ? names.partsOf(list) : [list];
  const isCallingBack = CALLING_BACK.test(method);
  const args = given.map((one) =>
    isCallingBack ? callback(scope, one, body) : argument(scope, one, body),
  );
  const named = namedOf(scope, given, body);
  if (path !== "") return names.call(path, null, args, line, named);
  const object = target.childForFieldName("object");
  if (object !== null && method !== "")
    return names.call(`.${method}`, lowerValue(scope, object, body), args, line, named);
  return names.call("", lowerValue(scope, target, body), args, line, named);
}

function methodOf(target: SyntaxNode): string {
  const key = target.childForFieldName("index");
  return (
    target.childForFieldName("property")?.text ?? (key === null ? "" : (names.literalOf(key) ?? ""))
  );
}

/** `then(eval)` calls `eval` with what came. */
function callback(scope: Scope, node: SyntaxNode, body: LowerBody): Expr {
  const path = /identifier|member_expression/.test(node.type) ? names.dotted(scope, node) : "";
  if (path === "") return argument(scope, node, body);
  const line = lineOf(node);
  const it: Expr = { kind: "name", name: "pattern it" };
  const value = names.call(path, null, [it], line);
  return {
    kind: "function",
    params: ["pattern it"],
    body: [{ kind: "return", value, line }],
    line,
  };
}

/** An object that is written out goes into `named`; its place among the arguments stays. */
function argument(scope: Scope, node: SyntaxNode, body: LowerBody): Expr {
  return names.unwrapped(node).type === "object" ? NOTHING : lowerValue(scope, node, body);
}

function namedOf(
  scope: Scope,
  given: readonly SyntaxNode[],
  body: LowerBody,
): Readonly<Record<string, Expr>> {
  const all = given.flatMap((one) => {
    const own = names.unwrapped(one);
    if (own.type === "object") return propertiesOf(scope, own, body);
    if (own.type !== "identifier") return [];
    const keys = scope.objects.get(own.text) ?? [];
    return keys.map((key): Property => [key, { kind: "name", name: `${own.text}.${key}` }]);
  });
  return Object.fromEntries(all);
}

type Property = readonly [key: string, value: Expr];

/** The properties of an object that is written out; `...rest` and computed keys are told apart by number. */
export function propertiesOf(
  scope: Scope,
  node: SyntaxNode,
  body: LowerBody,
  only: readonly SyntaxNode[] = names.partsOf(node),
): readonly Property[] {
  return only.map((one, at): Property => {
    if (one.type === "shorthand_property_identifier")
      return [one.text, lowerValue(scope, one, body)];
    const key = keyOf(one) ?? `...${at}`;
    const value = one.childForFieldName("value");
    return [key, lowerValue(scope, value ?? one, body)];
  });
}

/** `__proto__` is a key like others, so that no object here gets another prototype. */
function keyOf(node: SyntaxNode): string | null {
  const key = node.childForFieldName("key") ?? node.childForFieldName("name");
  if (key === null) return null;
  const text = key.type === "string" ? names.textOf(key) : key.text;
  return text === "__proto__" ? "__proto" : text.slice(0, 100);
}
