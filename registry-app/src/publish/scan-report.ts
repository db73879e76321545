import { createHash } from "node:crypto";
import { z } from "zod";
import { makeVisible, type Engine, type ScanFinding, type ScanReport } from "../scan/index.ts";
import type { AdvisoriesState, FindingFact } from "./types.ts";

/** The scanner as the registry uses it: in a process of its own, which may die. */
export type ScanEngine = {
  readonly engine: Engine;
  /** When the advisories that it goes by were taken. */
  readonly advisoriesAt: Date | null;
  /** Name and version of each engine elsewhere that adds findings; without it, none does. */
  readonly reviewers?: readonly string[];
  /** Reads the canonical tar of a skill. What could not be read is `incomplete`; throws when it has to be asked again. */
  readonly scan: (tar: Uint8Array, today: Date) => Promise<ScanReport>;
};

const text = z.string().max(20_000);
const count = z.number().int().min(0);
const engineSchema = z.strictObject({ version: text, rules: text });
const findingSchema = z.looseObject({
  rule: text,
  category: text,
  severity: z.enum(["critical", "high", "medium", "low", "info"]),
  confidence: z.enum(["observed", "flow", "structural", "lexical"]),
  file: text,
  line: count,
  message: text,
  evidence: text,
  remedy: text,
});
const reportSchema = z.looseObject({
  verdict: z.enum(["pass", "review", "warn", "block", "incomplete"]),
  risk: z.enum(["none", "low", "medium", "high"]),
  score: z.number().int().min(0).max(100),
  findings: z.array(findingSchema),
  coverage: z.looseObject({
    files: count,
    gaps: z.array(z.looseObject({ file: text, because: text.nullable() })),
    advisories: z.looseObject({ takenAt: text.nullable(), isStale: z.boolean() }),
  }),
  engine: engineSchema,
});

/** What a scan process says of itself. */
export function parseEngine(body: Buffer): Engine {
  return engineSchema.parse(JSON.parse(body.toString("utf8")));
}

/** The report of a scan process: it has read what strangers wrote, so that its word is looked at like theirs. */
export function parseReport(body: Buffer): ScanReport {
  const json = deepStorable(JSON.parse(body.toString("utf8")));
  reportSchema.parse(json);
  return json as ScanReport;
}

/** SHA-256 in hex of a report as JSON. */
export function digestReport(report: ScanReport): string {
  return createHash("sha256").update(JSON.stringify(report)).digest("hex");
}

/** One name for engine, rules, advisories and reviewers: what has another name may judge otherwise. */
export function nameEngine(
  scanner: Pick<ScanEngine, "engine" | "advisoriesAt" | "reviewers">,
): string {
  const { engine, advisoriesAt, reviewers = [] } = scanner;
  const advisories = advisoriesAt === null ? "" : `.${sayTaken(advisoriesAt)}`;
  const others = reviewers.map((one) => `.${one.replaceAll(/[^A-Za-z0-9-]+/g, "-")}`).join("");
  return `${engine.version}+${engine.rules.slice(0, 12)}${advisories}${others}`;
}

/** The bundled list is of a day; a file of one's own may be renewed several times a day. */
function sayTaken(at: Date): string {
  const text = at.toISOString();
  return text.endsWith("T00:00:00.000Z")
    ? text.slice(0, 10)
    : `${text.slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** More are counted and not listed; of each rule one is always there, since each must be waived by itself. */
const FINDINGS_KEPT = 200;

/** What the decision and the registry log keep of a report. */
export function toCheckFacts(report: ScanReport) {
  const [first] = report.findings;
  return {
    outcome: report.verdict,
    score: report.score,
    // Names of files are a stranger's, and this is printed in terminals.
    summary: makeVisible(summarise(report, first)),
    findings: keepEachRule(report.findings).map(toFact),
    advisories: stateOfAdvisories(report),
  };
}

function summarise({ findings, coverage }: ScanReport, first: ScanFinding | undefined): string {
  const [gap] = coverage.gaps;
  const unread =
    gap === undefined ? "" : `not all of it was read: ${gap.file}: ${gap.because ?? "in part"}`;
  if (first === undefined) return unread === "" ? "no findings" : unread;
  const more = findings.length === 1 ? "" : ` and ${findings.length - 1} more`;
  const where = `${first.file}:${first.line}`;
  const told = `${first.rule} in ${where}${more}: ${first.message}`;
  return unread === "" ? told : `${told} (${unread})`;
}

function keepEachRule(findings: readonly ScanFinding[]): readonly ScanFinding[] {
  if (findings.length <= FINDINGS_KEPT) return findings;
  const seen = new Set<string>();
  const firsts = new Set(
    findings.filter(({ rule }) => !seen.has(rule) && seen.add(rule) !== undefined),
  );
  const room = Math.max(0, FINDINGS_KEPT - firsts.size);
  const others = new Set(findings.filter((one) => !firsts.has(one)).slice(0, room));
  return findings.filter((one) => firsts.has(one) || others.has(one));
}

function toFact({ rule, severity, message, file, line, remedy }: ScanFinding): FindingFact {
  return { rule, severity, message, file, line, column: 1, fix: remedy };
}

function stateOfAdvisories({ coverage: { advisories } }: ScanReport): AdvisoriesState {
  if (advisories.takenAt === null) return "missing";
  return advisories.isStale ? "stale" : "fresh";
}

/** Postgres holds neither NUL nor half a character. */
function toStorable(value: string): string {
  return value.replaceAll("\0", "\uFFFD").toWellFormed();
}

function deepStorable(value: unknown): unknown {
  if (typeof value === "string") return toStorable(value);
  if (Array.isArray(value)) return value.map(deepStorable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [toStorable(key), deepStorable(field)]),
  );
}
