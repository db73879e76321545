import { createHash } from "node:crypto";
import type { Fact } from "./facts.ts";
import type { ScanFile } from "./inventory/scan-file.ts";
import { redact } from "./report/redact.ts";
import type { Evidence, Rule } from "./rules/rule.ts";
import { sharePoints, type Exposure } from "./score.ts";
import type { Match, ScanFinding, ScanSeverity } from "./types.ts";

const LEVELS: readonly ScanSeverity[] = ["info", "low", "medium", "high", "critical"];
/** A text that is shown for another reason than to be followed weighs three levels less; it stays in the report. */
const LESS_WHEN_SHOWN = 3;
const LESS_IN_TESTS = 1;
/** Words alone on a page beside SKILL.md weigh no more than this: most of them tell of a product, and order nothing. */
const MOST_ASIDE: ScanSeverity = "low";
/** More of one rule in one file says nothing new. */
const MAX_PER_RULE_AND_FILE = 5;
const MAX_FINDINGS = 500;

type Found = { readonly rule: Rule; readonly match: Match };

/** Runs every rule and turns what matches into findings, gravest first, each with its share of the score. */
export function findAll(rules: readonly Rule[], evidence: Evidence): readonly ScanFinding[] {
  const found = rules.flatMap((rule) =>
    keepFew(rule.find(evidence)).map((match) => ({ rule, match })),
  );
  const files = new Map(evidence.files.map((file) => [file.path, file]));
  const weighed = found.map((one) => weigh(one, evidence, files)).toSorted(compareFindings);
  return sharePoints(dropDoubles(weighed).slice(0, MAX_FINDINGS));
}

function keepFew(matches: readonly Match[]): readonly Match[] {
  const perFile = new Map<string, number>();
  return matches.filter(({ at }) => {
    const nth = (perFile.get(at.file) ?? 0) + 1;
    perFile.set(at.file, nth);
    return nth <= MAX_PER_RULE_AND_FILE;
  });
}

type Weighed = Omit<ScanFinding, "points"> & { readonly exposure: Exposure };

function weigh(
  { rule, match }: Found,
  evidence: Evidence,
  files: ReadonlyMap<string, ScanFile>,
): Weighed {
  const file = files.get(match.at.file);
  const evidenceText = redact(match.evidence);
  const shown = evidence.standingAt(match.at) === "plain" ? 0 : LESS_WHEN_SHOWN;
  const isTest = file?.role === "test" && !file.isReachable;
  const less = shown + (isTest ? LESS_IN_TESTS : 0);
  const confidence = match.confidence ?? rule.confidence;
  const full = lower(match.severity ?? rule.severity, less);
  const isAside = confidence === "lexical" && match.isFirm !== true && isPageAside(match, file);
  const severity = isAside ? atMost(full, MOST_ASIDE) : full;
  return {
    rule: rule.id,
    category: rule.family,
    severity,
    confidence,
    file: match.at.file,
    line: match.at.line,
    message: redact(match.message),
    evidence: evidenceText,
    remedy: rule.remedy,
    why: rule.why,
    owasp: rule.owasp,
    isIndicator: rule.isIndicator === true,
    chain: match.chain.map((step) => ({
      ...step,
      what: redact(step.what),
      evidence: redact(step.evidence),
    })),
    fingerprint: fingerprint(rule.id, match.at.file, evidenceText),
    exposure: exposureOf(file, isTest),
  };
}

/** Shown as a page among others: nothing there is hidden, unpacked or addressed to a model from within a program. */
function isPageAside({ at }: Match, file: ScanFile | undefined): boolean {
  if (file === undefined || /(?:^|\/)SKILL\.md$/i.test(file.path)) return false;
  return PAGES.has(file.language) && at.via.every((layer) => layer === "inline-code");
}
const PAGES: ReadonlySet<string> = new Set(["markdown", "text", "html"]);

function atMost(severity: ScanSeverity, most: ScanSeverity): ScanSeverity {
  return LEVELS[Math.min(LEVELS.indexOf(severity), LEVELS.indexOf(most))] ?? "info";
}

function lower(severity: ScanSeverity, levels: number): ScanSeverity {
  return LEVELS[Math.max(0, LEVELS.indexOf(severity) - levels)] ?? "info";
}

function exposureOf(file: ScanFile | undefined, isTest: boolean): Exposure {
  if (isTest) return "test";
  return file === undefined || file.isReachable ? "reachable" : "unreferenced";
}

function fingerprint(rule: string, file: string, evidence: string): string {
  return createHash("sha256")
    .update(JSON.stringify([rule, file, evidence.replaceAll(/\s+/g, " ")]))
    .digest("hex")
    .slice(0, 32);
}

function compareFindings(a: Weighed, b: Weighed): number {
  return (
    LEVELS.indexOf(b.severity) - LEVELS.indexOf(a.severity) ||
    compareText(a.file, b.file) ||
    a.line - b.line ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The same rule at the same line, seen through several views of one text, is one finding. */
function dropDoubles(findings: readonly Weighed[]): readonly Weighed[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, file, line }) => {
    const key = `${rule}\n${file}\n${line}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Facts of several views of one text, each once. */
export function dropDoubleFacts(facts: readonly Fact[]): readonly Fact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const key = JSON.stringify([
      fact.op,
      fact.at.file,
      fact.at.line,
      fact.target,
      fact.class,
      fact.from.length,
    ]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
