import type { Evidence, Example, Rule } from "../rules/rule.ts";
import type { Match, Owasp, RuleFamily, ScanSeverity } from "../types.ts";
import { onePerSentence } from "./selecting.ts";

/** A rule about what sentences say; its examples are the bodies of a small, ordinary skill. */
export type ProseRow = {
  readonly id: `${RuleFamily}.${string}`;
  readonly title: string;
  readonly severity: ScanSeverity;
  readonly owasp?: readonly Owasp[];
  readonly why: string;
  readonly remedy: string;
  readonly find: (evidence: Evidence) => readonly Match[];
  readonly flags: readonly string[];
  readonly passes: readonly string[];
};

export function proseRule(row: ProseRow): Rule {
  const { id, title, severity, why, remedy } = row;
  return {
    id,
    family: row.id.split(".")[0] as RuleFamily,
    title,
    severity,
    // Words alone: enough to hold a version for a person, never enough to refuse it for good.
    confidence: "lexical",
    owasp: row.owasp ?? ["AST01"],
    why,
    remedy,
    find: (evidence) => {
      const found = onePerSentence(row.find(evidence));
      return isAboutSecurity(evidence) ? found.map(ofReference) : found;
    },
    examples: { flags: row.flags.map(exampleOf), passes: row.passes.map(exampleOf) },
  };
}

const SECURITY =
  /\b(?:security|secure|vulnerabilit\w+|pentest\w*|penetration|threats?|malware|malicious|exploit\w*|attacks?|injections?|red[- ]team\w*|forensics?|yara|fuzz\w*|sast)\b/i;

/** A skill about attacks explains them at length in its reference files. */
function isAboutSecurity({ about }: Evidence): boolean {
  return SECURITY.test(`${about.name.replaceAll("-", " ")} ${about.description}`.slice(0, 4000));
}

function ofReference(match: Match): Match {
  return /(?:^|\/)SKILL\.md$/i.test(match.at.file) ? match : { ...match, severity: "low" };
}

const HEAD =
  "---\nname: meeting-notes\ndescription: Turns the notes of a meeting into a tidy summary with tasks and owners.\n---\n\n# Meeting notes\n\nRead the notes, list the tasks, and write the summary as Markdown.\n\n";

function exampleOf(body: string): Example {
  const text = body.startsWith("---\n") ? body : `${HEAD}${body}\n`;
  return { name: JSON.stringify(body.slice(0, 90)), files: { "SKILL.md": text } };
}
