import type { Call, Definition } from "./ir.ts";
import { factsOf, joinFacts, type Value } from "./value.ts";

/** Methods that put what they are given into what they are called on. */
const TAKES_IN =
  /^(?:append|add|extend|update|push|unshift|insert|set|attach|put|write|writestr|setdefault|connect)$/;

/** `parts.append(secret)`: from here on `parts` holds it as well. */
export function takeIn(call: Call, args: readonly Value[], names: Map<string, Value>): void {
  const dot = call.callee.lastIndexOf(".");
  if (dot <= 0 || call.on !== null || !TAKES_IN.test(call.callee.slice(dot + 1))) return;
  const name = call.callee.slice(0, dot);
  const own = names.get(name);
  const given = factsOf(args);
  if (own === undefined || given.length === 0) return;
  names.set(name, { ...own, facts: joinFacts(own.facts, given) });
}

/** `run` of a module whose name is only put together as it runs: `m = __import__("o" + "s")`, `m.system(…)`. */
export function memberCalled(
  callee: string,
  on: Value,
  names: ReadonlyMap<string, Value>,
  isKnown: (path: string) => boolean,
): string | null {
  const dot = callee.indexOf(".");
  if (dot < 0) return null;
  const of = dot === 0 ? on.text : (names.get(callee.slice(0, dot))?.text ?? null);
  if (of === null || !/^[A-Za-z_][\w.]{0,60}$/.test(of)) return null;
  const path = of + callee.slice(dot);
  return isKnown(path) ? path : null;
}

/** A method by its name alone: which class an instance is of is not followed. */
export function methodOf(
  definitions: ReadonlyMap<string, Definition>,
  callee: string,
): Definition | null {
  const dot = callee.lastIndexOf(".");
  if (dot < 0) return null;
  const method = callee.slice(dot + 1);
  return definitions.get(`self.${method}`) ?? definitions.get(`this.${method}`) ?? null;
}
