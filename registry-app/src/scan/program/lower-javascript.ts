import type { Definition, Expr, Program, Step } from "./ir.ts";
import { lineOf, withTree, type Grammars, type SyntaxNode } from "./parsers.ts";
import * as names from "./script-names.ts";
import type { Scope } from "./script-names.ts";
import { boundNames, functionOf, lowerValue, NOTHING, propertiesOf } from "./script-values.ts";

/** Beyond this a file is data, or made to be slow. */
const MAX_CHARACTERS = 2_000_000;
const MAX_OBJECT_DEPTH = 4;

/** Reads JavaScript or TypeScript into the language of facts, with what modules bring in spelled out. */
export function lowerScript(grammars: Grammars, text: string): Program {
  const scope = names.openScope();
  const steps = withTree(grammars.script, text.slice(0, MAX_CHARACTERS), (root) => {
    if (root.hasError || text.length > MAX_CHARACTERS) scope.isWhole = false;
    return lowerBody(scope, root);
  });
  return { language: "javascript", steps: steps ?? [], isWhole: scope.isWhole && steps !== null };
}

function lowerBody(scope: Scope, node: SyntaxNode): readonly Step[] {
  return names.partsOf(node).flatMap((one) => lowerStatement(scope, one));
}

function lowerStatement(scope: Scope, node: SyntaxNode): readonly Step[] {
  return names.deeper(scope, [], () => statementOf(scope, node));
}

const valueOf = (scope: Scope, node: SyntaxNode) => lowerValue(scope, node, lowerBody);

function statementOf(scope: Scope, node: SyntaxNode): readonly Step[] {
  const line = lineOf(node);
  switch (node.type) {
    case "comment":
    case "interface_declaration":
    case "type_alias_declaration":
      return [];
    case "import_statement":
      names.noteImports(scope, node);
      return [];
    case "lexical_declaration":
    case "variable_declaration":
      return names.partsOf(node).flatMap((one) => declared(scope, one));
    case "function_declaration":
    case "generator_function_declaration":
      return [define(scope, node, node.childForFieldName("name")?.text ?? "")];
    case "class_declaration":
    case "abstract_class_declaration":
      return lowerClass(scope, node);
    case "return_statement":
      return names
        .partsOf(node)
        .map((one) => ({ kind: "return", value: valueOf(scope, one), line }));
    case "if_statement":
    case "while_statement":
    case "do_statement":
    case "for_statement":
    case "for_in_statement":
      return [...endlessOf(node), blockOf(scope, node)];
    case "export_statement":
    case "statement_block":
    case "else_clause":
    case "try_statement":
    case "catch_clause":
    case "finally_clause":
    case "labeled_statement":
    case "switch_statement":
    case "switch_body":
    case "switch_case":
    case "switch_default":
    case "class_static_block":
    case "internal_module":
    case "expression_statement":
    case "ambient_declaration":
      return lowerBody(scope, node);
    default:
      return expressionOf(scope, node);
  }
}

/** An expression that stands by itself: an assignment, or something that is done. */
function expressionOf(scope: Scope, node: SyntaxNode): readonly Step[] {
  const line = lineOf(node);
  const own = names.unwrapped(node);
  if (/^(?:augmented_)?assignment_expression$/.test(own.type)) return assigned(scope, own);
  if (/^(?:identifier|statement_identifier|type_identifier)$/.test(own.type)) return [];
  return [{ kind: "do", value: valueOf(scope, own), line }];
}

/** `const a = …`, `const { a, b: c } = …`. */
function declared(scope: Scope, node: SyntaxNode): readonly Step[] {
  const name = node.childForFieldName("name");
  const given = node.childForFieldName("value");
  if (name === null || given === null) return [];
  return bind(scope, name, names.unwrapped(given));
}

function bind(scope: Scope, target: SyntaxNode, given: SyntaxNode): readonly Step[] {
  const line = lineOf(target);
  if (target.type === "object_pattern") return unpacked(scope, target, given);
  if (target.type === "array_pattern")
    return [{ kind: "assign", names: boundNames(target), value: valueOf(scope, given), line }];
  if (target.type === "identifier" && isAlias(scope, target.text, given)) return [];
  const name = target.type === "identifier" ? target.text : names.dotted(scope, target);
  if (target.type === "identifier") scope.imports.delete(name);
  if (name === "") return [{ kind: "do", value: valueOf(scope, given), line }];
  if (given.type === "object") return held(scope, name, given, 0);
  return [{ kind: "assign", names: [name], value: valueOf(scope, given), line }];
}

/** Notes that a name is but another one for what a module holds. */
function isAlias(scope: Scope, name: string, given: SyntaxNode): boolean {
  const path = names.dotted(scope, given);
  const root = path.split(".")[0] ?? "";
  const isOfModule =
    given.type === "call_expression"
      ? path !== ""
      : path !== "" && [...scope.imports.values()].some((one) => one.split(".")[0] === root);
  const isBuiltIn = /^(?:eval|Function|fetch|atob|process\.env)$/.test(path);
  if (isOfModule || isBuiltIn) {
    scope.imports.set(name, path);
    return true;
  }
  return isWrapped(scope, name, given);
}

/** `promisify(exec)` and `exec.bind(null)` are `exec`; an instance of a class has its methods. */
function isWrapped(scope: Scope, name: string, given: SyntaxNode): boolean {
  if (given.type !== "call_expression") return false;
  const callee = given.childForFieldName("function");
  const path = callee === null ? "" : names.dotted(scope, callee);
  const [first] = names.partsOf(given.childForFieldName("arguments") ?? given);
  const inner = path.endsWith("promisify") && first !== undefined ? names.dotted(scope, first) : "";
  const bound = path.endsWith(".bind") ? path.slice(0, -5) : inner;
  if (!bound.includes(".")) return false;
  scope.imports.set(name, bound);
  return true;
}

/** `const { exec: run } = require("child_process")`, `const { TOKEN } = process.env`. */
function unpacked(scope: Scope, target: SyntaxNode, given: SyntaxNode): readonly Step[] {
  const line = lineOf(target);
  const path = names.dotted(scope, given);
  if (path === "") return asNamed(boundNames(target), valueOf(scope, given), line);
  const isModule = given.type === "call_expression" || [...scope.imports.values()].includes(path);
  return names.partsOf(target).flatMap((one): readonly Step[] => {
    const value = one.childForFieldName("value") ?? one.childForFieldName("left") ?? one;
    const key = one.childForFieldName("key")?.text ?? value.text;
    const bound = boundNames(value);
    const isRest = one.type === "rest_pattern";
    const from = isRest ? path : `${path}.${key}`;
    if (isModule && path !== "process.env") {
      for (const name of bound) scope.imports.set(name, from);
      return [];
    }
    return [
      { kind: "assign", names: bound.slice(0, 1), value: { kind: "name", name: from }, line },
    ];
  });
}

/** Each of the names holds a part of the value, of which it is not known which. */
function asNamed(bound: readonly string[], value: Expr, line: number): readonly Step[] {
  const whole = `pattern of ${line}`;
  return [
    { kind: "assign", names: [whole], value, line },
    ...bound.map((name): Step => ({
      kind: "assign",
      names: [name],
      value: { kind: "group", parts: [{ kind: "name", name: whole }] },
      line,
    })),
  ];
}

/** An object that is written out: each property is a name of its own, and the whole holds them all. */
function held(scope: Scope, name: string, node: SyntaxNode, depth: number): readonly Step[] {
  const line = lineOf(node);
  const steps: Step[] = [];
  const keys: string[] = [];
  const plain: SyntaxNode[] = [];
  for (const one of names.partsOf(node)) {
    const key = one.childForFieldName("key");
    const value = one.childForFieldName("value");
    const own = value === null ? null : names.unwrapped(value);
    const isNested = own?.type === "object" && key?.type === "property_identifier";
    if (isNested && own !== null && key !== null && depth < MAX_OBJECT_DEPTH) {
      steps.push(...held(scope, `${name}.${key.text}`, own, depth + 1));
      keys.push(key.text);
    } else plain.push(one);
  }
  for (const [key, value] of propertiesOf(scope, node, lowerBody, plain)) {
    keys.push(key);
    if (value.kind === "function") steps.push({ kind: "define", name: `${name}.${key}`, value });
    else steps.push({ kind: "assign", names: [`${name}.${key}`], value, line });
  }
  scope.objects.set(name, keys);
  const parts = keys.map((key): Expr => ({ kind: "name", name: `${name}.${key}` }));
  return [...steps, { kind: "assign", names: [name], value: { kind: "group", parts }, line }];
}

function assigned(scope: Scope, node: SyntaxNode): readonly Step[] {
  const left = node.childForFieldName("left");
  const right = node.childForFieldName("right");
  if (left === null || right === null) return [];
  const target = names.unwrapped(left);
  const line = lineOf(node);
  const given = names.unwrapped(right);
  const isAdding = node.childForFieldName("operator")?.text === "+=";
  const name = names.dotted(scope, target);
  // `a = b = c`: what is assigned first is done first.
  if (given.type === "assignment_expression") {
    const inner = given.childForFieldName("left");
    const value: Expr = inner === null ? NOTHING : valueOf(scope, inner);
    return [...assigned(scope, given), { kind: "assign", names: [name], value, line }];
  }
  if (name.startsWith("process.env.")) {
    const parts: Expr[] = [{ kind: "text", value: name.slice(12) }, valueOf(scope, given)];
    return [{ kind: "do", value: names.call("set-item", null, parts, line), line }];
  }
  if (isAdding && name !== "") {
    const parts: Expr[] = [{ kind: "name", name }, valueOf(scope, given)];
    return [{ kind: "assign", names: [name], value: { kind: "join", parts }, line }];
  }
  if (name === "" && target.type === "subscript_expression")
    return assignPart(scope, target, valueOf(scope, given), line);
  return bind(scope, target, given);
}

/** `o[k] = x`: the whole then holds the part. */
function assignPart(scope: Scope, target: SyntaxNode, value: Expr, line: number): readonly Step[] {
  const of = target.childForFieldName("object");
  const name = of === null ? "" : names.dotted(scope, of);
  if (name === "" || name === "process.env") return [{ kind: "do", value, line }];
  const parts: Expr[] = [{ kind: "name", name }, value];
  return [{ kind: "assign", names: [name], value: { kind: "group", parts }, line }];
}

/** Says what stands in a loop without an end, as far as it is short enough to be nothing else. */
function endlessOf(node: SyntaxNode): readonly Step[] {
  const body = node.childForFieldName("body");
  const test = node.childForFieldName("condition")?.text.replaceAll(/[\s();]/g, "");
  const isEndless = /^(?:while|for)_statement$/.test(node.type) && /^(?:true|1|)$/.test(test ?? "");
  if (body === null || !isEndless || body.endIndex - body.startIndex > 400) return [];
  const line = lineOf(node);
  const text: Expr = { kind: "text", value: body.text };
  return [{ kind: "do", value: names.call("endless-loop", null, [text], line), line }];
}

function blockOf(scope: Scope, node: SyntaxNode): Step {
  const isEach = node.type === "for_in_statement";
  const test = node.childForFieldName(isEach ? "right" : "condition");
  const left = isEach ? node.childForFieldName("left") : null;
  const body = node.childForFieldName("consequence") ?? node.childForFieldName("body");
  const first = node.childForFieldName("initializer");
  const other = node.childForFieldName("alternative");
  const inner = body === null ? [] : lowerStatement(scope, body);
  return {
    kind: "block",
    how: node.type === "if_statement" ? "if" : "loop",
    test: test === null ? null : valueOf(scope, test),
    each: left === null ? [] : boundNames(left),
    body: first === null ? inner : [...lowerStatement(scope, first), ...inner],
    otherwise: other === null ? [] : lowerStatement(scope, other),
    line: lineOf(node),
  };
}

function define(scope: Scope, node: SyntaxNode, name: string): Step {
  const value: Definition = functionOf(scope, node, lowerBody);
  return { kind: "define", name, value };
}

/** Methods are known by their class and, among themselves, by `this`. */
function lowerClass(scope: Scope, node: SyntaxNode): readonly Step[] {
  const name = node.childForFieldName("name")?.text ?? "";
  const body = node.childForFieldName("body");
  if (body === null) return [];
  return names.partsOf(body).flatMap((one): readonly Step[] => {
    if (one.type === "method_definition") return methodOf(scope, one, name);
    const value = one.childForFieldName("value");
    const field = (one.childForFieldName("name")?.text ?? "").replace(/^#/, "");
    if (value === null) return one.type === "class_static_block" ? lowerBody(scope, one) : [];
    const own = valueOf(scope, value);
    if (own.kind === "function") return [{ kind: "define", name: `this.${field}`, value: own }];
    return [{ kind: "assign", names: [`this.${field}`], value: own, line: lineOf(one) }];
  });
}

function methodOf(scope: Scope, node: SyntaxNode, className: string): readonly Step[] {
  const method = (node.childForFieldName("name")?.text ?? "").replace(/^#/, "");
  const value: Definition = functionOf(scope, node, lowerBody);
  if (method === "constructor") return [{ kind: "define", name: className, value }];
  return [
    { kind: "define", name: `${className}.${method}`, value },
    { kind: "define", name: `this.${method}`, value },
  ];
}
