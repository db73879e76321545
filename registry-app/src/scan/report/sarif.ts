import { createHash } from "node:crypto";
import type { RuleFacts } from "../rules/rule.ts";
import type { ChainStep, Confidence, ScanFinding, ScanReport, ScanSeverity } from "../types.ts";
import type { SarifLocation, SarifLog, SarifResult, SarifRule, SarifRun } from "./sarif-log.ts";

export type { SarifLog } from "./sarif-log.ts";

/** A skill whose report is told. */
export type SarifSubject = {
  /** Where the skill lies, from the root of the repo; "" for the root itself. */
  readonly dir: string;
  readonly report: ScanReport;
  /** Rules that somebody has decided to live with here; those that have ended are for the caller to leave out. */
  readonly waivers?: readonly SarifWaiver[];
};
/** Why the findings of a rule are lived with, and who said so until when where that is known. */
export type SarifWaiver = {
  readonly rule: string;
  readonly reason: string;
  readonly by?: string;
  readonly until?: Date;
};

/** What GitHub takes at most; of more it keeps nothing, or refuses the file. */
const MAX_RUNS = 20;
const MAX_RESULTS = 5_000;
const MAX_STEPS = 100;
const MAX_TAGS = 20;
const MAX_GAPS = 200;
const MAX_TEXT = 1_000;

const SECURITY_SEVERITY: Readonly<Record<ScanSeverity, string | undefined>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
  info: undefined,
};
const LEVEL: Readonly<Record<ScanSeverity, SarifResult["level"]>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};
const PRECISION: Readonly<Record<Confidence, SarifRule["properties"]["precision"]>> = {
  observed: "very-high",
  flow: "high",
  structural: "high",
  lexical: "medium",
};
const GRAVEST: readonly ScanSeverity[] = ["critical", "high", "medium", "low", "info"];

/**
 * SARIF 2.1.0 as GitHub takes it. Each skill is a run with a category of its own; more skills than a file may have runs
 * are told in one. What does not fit is counted in a notification.
 */
export function toSarif(subjects: readonly SarifSubject[], rules: readonly RuleFacts[]): SarifLog {
  const runs =
    subjects.length <= MAX_RUNS
      ? subjects.map((one) => toRun(nameOf(one.dir), [one], rules))
      : [toRun("all", subjects, rules)];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs,
  };
}

function toRun(
  name: string,
  subjects: readonly SarifSubject[],
  rules: readonly RuleFacts[],
): SarifRun {
  const found = subjects.flatMap((subject) =>
    subject.report.findings.map((finding) => ({ subject, finding })),
  );
  const ranked = found.toSorted((a, b) => rank(a.finding) - rank(b.finding));
  const kept = ranked.slice(0, MAX_RESULTS);
  const used = new Set(kept.map(({ finding }) => finding.rule));
  const own = rules.filter(({ id }) => used.has(id));
  const indexOf = new Map(own.map(({ id }, index) => [id, index]));
  const countOf = createCounter();
  const isAnyWaived = kept.some(({ subject, finding }) => findWaiver(subject, finding));
  return {
    tool: {
      driver: {
        name: "Assay",
        informationUri: "https://agentskills.io",
        semanticVersion: subjects[0]?.report.engine.version ?? "0.0.0",
        rules: own.map(toRule),
      },
    },
    automationDetails: { id: `skill-scan/${name}` },
    columnKind: "utf16CodeUnits",
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          ...subjects.flatMap(toGaps).slice(0, MAX_GAPS),
          ...toRemainder("findings", found.length - kept.length),
          ...toRemainder("files that were not read", countGaps(subjects) - MAX_GAPS),
        ],
      },
    ],
    results: kept.map(({ subject, finding }) => ({
      ...toResult(subject.dir, finding, indexOf.get(finding.rule), countOf),
      // Either each result of a run says whether it is suppressed, or none does: so the standard asks.
      ...(isAnyWaived && { suppressions: toSuppressions(findWaiver(subject, finding)) }),
    })),
  };
}

function toRule(rule: RuleFacts): SarifRule {
  const { id, title, severity, confidence, owasp, why, remedy, family } = rule;
  const score = SECURITY_SEVERITY[severity];
  return {
    id,
    name: toName(id),
    shortDescription: { text: cut(title) },
    fullDescription: { text: cut(why) },
    help: {
      text: cut(`${why} ${remedy}`),
      markdown: cut(`${why}\n\n**What to do:** ${remedy}`),
    },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: ["security", family, ...owasp.map((one) => `owasp-${one.toLowerCase()}`)].slice(
        0,
        MAX_TAGS,
      ),
      precision: PRECISION[confidence],
      ...(score !== undefined && { "security-severity": score }),
    },
  };
}

function toResult(
  dir: string,
  finding: ScanFinding,
  ruleIndex: number | undefined,
  countOf: (key: string) => number,
): SarifResult {
  const uri = toUri(dir, finding.file);
  const hash = hashOf(finding.evidence.replaceAll(/\s/g, ""));
  return {
    ruleId: finding.rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVEL[finding.severity],
    message: { text: cut(finding.message) },
    locations: [toLocation(dir, finding.file, finding.line)],
    partialFingerprints: {
      primaryLocationLineHash: `${hash}:${countOf(`${uri} ${hash}`)}`,
      "assay/v1": `${finding.fingerprint}:${countOf(`${uri} ${finding.fingerprint}`)}`,
    },
    ...(finding.chain.length > 0 && { codeFlows: [toFlow(dir, finding.chain)] }),
    properties: {
      confidence: finding.confidence,
      severity: finding.severity,
      points: finding.points,
      evidence: cut(finding.evidence),
      remedy: cut(finding.remedy),
    },
  };
}

function findWaiver({ waivers = [] }: SarifSubject, finding: ScanFinding): SarifWaiver | undefined {
  return waivers.find(({ rule }) => rule === finding.rule);
}

function toSuppressions(waiver: SarifWaiver | undefined) {
  if (waiver === undefined) return [];
  const { reason, by, until } = waiver;
  const who = by === undefined ? "" : ` by ${by}`;
  const end = until === undefined ? "" : ` until ${until.toISOString()}`;
  const justification = cut(`Waived${who}${end}: ${reason}`);
  return [{ kind: "external" as const, status: "accepted" as const, justification }];
}

function toFlow(dir: string, chain: readonly ChainStep[]) {
  const steps = chain.slice(0, MAX_STEPS).map(({ what, file, line }) => ({
    location: { ...toLocation(dir, file, line), message: { text: cut(what) } },
  }));
  return { threadFlows: [{ locations: steps }] };
}

function toLocation(dir: string, file: string, line: number): SarifLocation {
  const isMember = file.includes("!/");
  return {
    physicalLocation: {
      artifactLocation: { uri: toUri(dir, file) },
      // Lines of what is packed are no lines of the file that lies there.
      region: { startLine: isMember ? 1 : Math.max(1, Math.floor(line)) },
    },
  };
}

function toGaps({ dir, report }: SarifSubject) {
  return report.coverage.gaps.map(({ file, because }) => ({
    level: "warning" as const,
    descriptor: { id: "not-read-whole" },
    message: { text: cut(`${file} was not read whole: ${because ?? "no reason is known"}`) },
    locations: [toLocation(dir, file, 1)],
  }));
}

function countGaps(subjects: readonly SarifSubject[]): number {
  return subjects.reduce((sum, { report }) => sum + report.coverage.gaps.length, 0);
}

function toRemainder(what: string, more: number) {
  if (more <= 0) return [];
  const text = `${more} more ${what} are not told here: the file may hold no more.`;
  return [{ level: "warning" as const, descriptor: { id: "remainder" }, message: { text } }];
}

/** A relative address. Of a member of an archive, the archive is what lies in the repo. */
function toUri(dir: string, file: string): string {
  const outer = file.split("!/", 1)[0] ?? file;
  return [...dir.split("/"), ...outer.split("/")]
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join("/");
}

function nameOf(dir: string): string {
  return toUri(dir, "") || "root";
}

/** `exfiltration.secret-to-network` as `ExfiltrationSecretToNetwork`. */
function toName(id: string): string {
  return id
    .split(/[^A-Za-z0-9]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

function rank({ severity }: ScanFinding): number {
  return GRAVEST.indexOf(severity);
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed();
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** How often a key was asked for, this time among them. */
function createCounter(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
}
