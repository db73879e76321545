import { getRule, type RuleId } from "./rules.ts";
import type { Severity } from "./rule-row.ts";
import type { Finding } from "./types.ts";

export type Place = { readonly file: string; readonly line: number; readonly column: number };

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const FINDINGS_PER_RULE = 20;
const SHOWN_PATH_LENGTH = 300;

/** Makes a finding of the rule's own severity and fix unless told otherwise. */
export function makeFinding(
  rule: RuleId,
  place: Place,
  message: string,
  own: { readonly severity?: Severity; readonly fix?: string } = {},
): Finding {
  const row = getRule(rule);
  return {
    rule,
    severity: own.severity ?? row.severity,
    message: printable(message),
    file: printable(place.file.slice(0, SHOWN_PATH_LENGTH)),
    line: place.line,
    column: place.column,
    fix: own.fix ?? row.fix,
  };
}

/** Text with everything invisible written as an escape, safe for a terminal and a log. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Keeps the first findings of each rule and says how many more there are, so that hostile input cannot flood a page. */
export function capFindings(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<RuleId, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const seen = new Map<RuleId, number>();
  return findings.flatMap((finding) => {
    const nth = (seen.get(finding.rule) ?? 0) + 1;
    seen.set(finding.rule, nth);
    if (nth > FINDINGS_PER_RULE) return [];
    const more = (counts.get(finding.rule) ?? 0) - nth;
    if (nth < FINDINGS_PER_RULE || more === 0) return [finding];
    return [{ ...finding, message: `${finding.message} (and ${more} more like it)` }];
  });
}
