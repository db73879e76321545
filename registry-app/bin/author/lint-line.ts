import type { Finding, SkillReading } from "../../src/skill/index.ts";

/** A finding of the rules for skills, or of the format of evals. */
export type LintFinding = Omit<Finding, "rule"> & { readonly rule: string };

/** One line of `assay lint --json`. */
export type LintLine = {
  readonly dir: string;
  /** What the reference validator says. */
  readonly valid: boolean;
  /** What Assay accepts. */
  readonly publishable: boolean;
  readonly name: string | null;
  readonly version?: string;
  readonly findings: readonly LintFinding[];
  /** With --fix: what was changed, in words. */
  readonly fixed?: readonly string[];
};

export function toLintLine(
  dir: string,
  reading: SkillReading,
  ofEvals: readonly LintFinding[] = [],
): LintLine {
  const { valid, publishable, name = null, version } = reading;
  const findings = [...reading.findings, ...ofEvals];
  return {
    dir,
    valid,
    publishable,
    name,
    ...(version === undefined ? {} : { version }),
    findings,
  };
}

/** The verdict and its findings for people, each as `file:line:column` and what mends it. */
export function describeLint(line: LintLine): string {
  const title = [line.name ?? "", line.version ?? ""].join(" ").trim();
  const verdict = line.publishable ? "publishable" : "not publishable";
  const head = `${line.dir}: ${verdict}${title === "" ? "" : ` (${title})`}`;
  const fixed = (line.fixed ?? []).map((change) => `  fixed: ${change}`);
  return [
    head,
    ...fixed,
    ...line.findings.flatMap((finding) => describeFinding(line.dir, finding)),
  ].join("\n");
}

function describeFinding(dir: string, finding: LintFinding): string[] {
  const { file, line, column, severity, rule, message, fix } = finding;
  const place = `${dir.replace(/\/+$/, "")}/${file}:${line}:${column}`;
  const told = `  ${place}  ${severity}  ${message}  [${rule}]`;
  return fix === undefined ? [told] : [told, `      fix: ${fix}`];
}
