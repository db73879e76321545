import type { Redirection } from "unbash";
import type { Expr } from "./ir.ts";
import { lowerHereDoc } from "./lower-words.ts";
import { bareCall, word, type Lowering } from "./shell-parts.ts";

export function inputOf(own: Lowering, redirects: readonly Redirection[]): Expr | null {
  for (const one of redirects) {
    if (one.type === "HereDoc") return lowerHereDoc(one.body, own.script);
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

export function outputs(
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
