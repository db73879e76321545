import type { DoubleQuotedChild, HereDoc, ParsedScript, Word, WordPart } from "unbash";
import type { Definition, Expr } from "./ir.ts";

/** Lowers a script that stands inside a word; given by whoever lowers commands. */
export type ScriptLowering = (script: ParsedScript | undefined) => Expr;

const NOTHING: Expr = { kind: "text", value: "" };

/** A shell word as an expression: what is quoted away is gone, what is expanded is a name or a call. */
export function lowerWord(word: Word, lowerScript: ScriptLowering): Expr {
  return joinOf(word.parts, word.value, lowerScript);
}

export function lowerHereDoc(body: HereDoc["body"], lowerScript: ScriptLowering): Expr {
  return joinOf(body.parts, body.text, lowerScript);
}

function joinOf(
  parts: readonly WordPart[] | undefined,
  text: string,
  lowerScript: ScriptLowering,
): Expr {
  if (parts === undefined || parts.length === 0) return { kind: "text", value: text };
  const lowered = parts.map((part) => lowerPart(part, lowerScript));
  return lowered.length === 1 ? (lowered[0] ?? NOTHING) : { kind: "join", parts: lowered };
}

function lowerPart(part: WordPart | DoubleQuotedChild, lowerScript: ScriptLowering): Expr {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
    case "Glob":
      return { kind: "text", value: part.value };
    case "DoubleQuoted":
    case "LocaleString":
      return { kind: "join", parts: part.parts.map((one) => lowerPart(one, lowerScript)) };
    case "SimpleExpansion":
      return { kind: "name", name: part.text.replace(/^\$/, "") };
    case "ParameterExpansion":
      return lowerParameter(part, lowerScript);
    case "CommandExpansion":
    case "ProcessSubstitution":
      return lowerScript(part.script);
    case "ArithmeticExpansion":
      return { kind: "group", parts: [] };
    case "BraceExpansion":
    case "ExtendedGlob":
      return { kind: "text", value: part.text };
  }
}

function lowerParameter(
  part: Extract<WordPart, { type: "ParameterExpansion" }>,
  lowerScript: ScriptLowering,
): Expr {
  const name: Expr = { kind: "name", name: part.parameter };
  const { operation } = part;
  if (operation === undefined || part.prefix === "#") return name;
  const word = (one: Word) => lowerWord(one, lowerScript);
  switch (operation.type) {
    case "Default":
      return call("${:-}", [name, word(operation.operand)]);
    case "Replace":
      return call("${/}", [name, word(operation.pattern), word(operation.replacement)]);
    case "Slice":
      return call("${:}", [
        name,
        word(operation.offset),
        ...(operation.length === undefined ? [] : [word(operation.length)]),
      ]);
    case "Remove":
    case "CaseModification":
    case "Transform":
    case "Names":
    case "Unknown":
      return { kind: "group", parts: [name] };
  }
}

function call(callee: string, args: readonly Expr[]): Expr {
  return { kind: "call", callee, on: null, args, named: {}, line: 0 };
}

/** A body that is run where it stands, as the expression of what it prints. */
export function runHere(definition: Definition): Expr {
  return { kind: "call", callee: "", on: definition, args: [], named: {}, line: definition.line };
}
