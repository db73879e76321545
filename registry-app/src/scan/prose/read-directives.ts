import type { TextView } from "../inventory/scan-file.ts";
import type { Directive, Standing } from "./directives.ts";
import type { Prose } from "./markdown-state.ts";
import type { Token } from "./tokens.ts";

export type Passage = {
  readonly piece: Prose;
  readonly tokens: readonly Token[];
  readonly standing: Standing;
  readonly view: TextView;
  readonly lineAt: (at: number) => number;
};

/** What the sentences of a piece of prose tell somebody to do. */
export function readDirectives(_passage: Passage): readonly Directive[] {
  return [];
}
