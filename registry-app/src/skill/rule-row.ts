export type Severity = "error" | "warning" | "info";

export type RuleRow = {
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
};

/** One row of a rule table. */
export const rule = (severity: Severity, what: string, why: string, fix: string): RuleRow => ({
  severity,
  what,
  why,
  fix,
});
