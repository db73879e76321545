import type { ParsedScript, Word } from "unbash";
import type { Call, Expr, Step } from "./ir.ts";
import { lowerWord } from "./lower-words.ts";

export type Lowering = {
  readonly aliases: Map<string, readonly Word[]>;
  readonly text: string;
  /** Lowers a script that stands inside a word. */
  readonly script: (script: ParsedScript | undefined) => Expr;
  readonly lineOf: (pos: number) => number;
  nodes: number;
  depth: number;
  isWhole: boolean;
};

/** In a body whose output is used, each command's output is part of what it gives back. */
export type How = "do" | "return";

export function step(how: How, value: Expr, line: number): Step {
  return { kind: how, value, line };
}

export function bareCall(
  callee: string,
  args: readonly Expr[],
  stdin: Expr | null,
  line: number,
): Call {
  const isFed = stdin?.kind === "call" && stdin.callee !== "";
  const named: Record<string, Expr> = {
    ...(stdin === null ? {} : { stdin }),
    ...(isFed ? { feeder: { kind: "text", value: stdin.callee } } : {}),
  };
  return { kind: "call", callee, on: null, args, named, line };
}

export function word(own: Lowering, one: Word): Expr {
  return lowerWord(one, own.script);
}

export function groupOf(own: Lowering, words: readonly Word[]): Expr {
  return { kind: "group", parts: words.map((one) => word(own, one)) };
}
