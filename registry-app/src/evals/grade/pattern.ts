import { RE2JS } from "re2js";
import type { Pattern } from "../format/types.ts";

/** Steps of an automaton: its size times the characters it reads. One unit is some 20 to 50 ns. */
export type Work = { left: number };

/** What the patterns of one trial may take together: about a second. */
export const PATTERN_WORK = 40_000_000;
const MAX_LENGTH = 500;
const MAX_PROGRAM = 4_000;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

export type Compiled =
  { readonly kind: "ok"; readonly re: RE2JS } | { readonly kind: "bad"; readonly because: string };

/** Compiles a pattern of a stranger for matching in linear time. */
export function compilePattern({ source, flags }: Pattern): Compiled {
  if (source.length > MAX_LENGTH)
    return { kind: "bad", because: `is longer than ${MAX_LENGTH} characters` };
  try {
    const bits = [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0);
    const re = RE2JS.compile(source, bits);
    if (re.programSize() > MAX_PROGRAM) return { kind: "bad", because: "has too many repeats" };
    return { kind: "ok", re };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { kind: "bad", because: `cannot be used: ${why}` };
  }
}

/** Why a pattern cannot be used; undefined when it can. */
export function findPatternFault(pattern: Pattern): string | undefined {
  const compiled = compilePattern(pattern);
  return compiled.kind === "bad" ? compiled.because : undefined;
}

/** Whether the pattern is found in the text; `unknown` when that would take more work than is left. */
export function findPattern(re: RE2JS, text: string, work: Work): "found" | "absent" | "unknown" {
  const units = re.programSize() * (text.length + 1);
  if (units > work.left) return "unknown";
  work.left -= units;
  return re.matcher(text).find() ? "found" : "absent";
}
