import type { LawChange } from "./plan-law.ts";

const MAX_LINES = 60;

/** A plan as lines for a terminal, what loosens marked as such. */
export function sayPlan(changes: readonly LawChange[]): string {
  if (changes.length === 0) return "It changes nothing of the law.";
  const lines = changes.map(({ effect, says }) => `  ${effect.padEnd(9)} ${says}`);
  const rest = lines.length - MAX_LINES;
  return [
    "What it changes:",
    ...lines.slice(0, MAX_LINES),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join("\n");
}
