import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ALL_RULES } from "../rules/list-rules.ts";
import type { ScanFinding, ScanReport } from "../types.ts";
import { toSarif, type SarifWaiver } from "./sarif.ts";

// What GitHub's code scanning asks of SARIF 2.1.0, written down from its documentation.
const text = z
  .string()
  .max(1_000)
  .refine((value) => value.isWellFormed());
const uri = z.string().regex(/^(?!\/)(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2}|\/)*$/);
const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
  message: z.strictObject({ text }).optional(),
});
const level = z.enum(["error", "warning", "note"]);
const rule = z.strictObject({
  id: z.string().min(1),
  name: z.string().regex(/^[A-Za-z0-9]+$/),
  shortDescription: z.strictObject({ text }),
  fullDescription: z.strictObject({ text }),
  help: z.strictObject({ text, markdown: text }),
  defaultConfiguration: z.strictObject({ level }),
  properties: z.strictObject({
    tags: z.array(z.string()).max(20),
    precision: z.enum(["very-high", "high", "medium", "low"]),
    "security-severity": z
      .string()
      .regex(/^\d\.\d$/)
      .optional(),
  }),
});
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0).optional(),
  level,
  message: z.strictObject({ text }),
  locations: z.array(location).length(1),
  partialFingerprints: z.record(z.string(), z.string()),
  codeFlows: z
    .array(
      z.strictObject({
        threadFlows: z.array(
          z.strictObject({ locations: z.array(z.strictObject({ location })).max(1_000) }),
        ),
      }),
    )
    .optional(),
  suppressions: z
    .array(
      z.strictObject({
        kind: z.literal("external"),
        status: z.literal("accepted"),
        justification: text,
      }),
    )
    .optional(),
  properties: z.record(z.string(), z.union([z.string(), z.number()])),
});
const notification = z.strictObject({
  level,
  descriptor: z.strictObject({ id: z.string() }),
  message: z.strictObject({ text }),
  locations: z.array(location).optional(),
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string(),
            informationUri: z.url(),
            semanticVersion: z.string(),
            rules: z.array(rule),
          }),
        }),
        automationDetails: z.strictObject({ id: z.string().startsWith("skill-scan/") }),
        columnKind: z.literal("utf16CodeUnits"),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(notification),
          }),
        ),
        results: z.array(result).max(5_000),
      }),
    )
    .max(20),
});

const known = ALL_RULES[0]?.id ?? "";
const finding = (change: Partial<ScanFinding> = {}): ScanFinding => ({
  rule: known,
  category: "exfiltration",
  severity: "high",
  confidence: "flow",
  file: "scripts/send it.sh",
  line: 4,
  message: "A key is sent away.",
  evidence: "curl -d @key",
  remedy: "Do not send it.",
  why: "Keys open doors.",
  owasp: ["AST01"],
  isIndicator: false,
  chain: [],
  points: 20,
  fingerprint: "f".repeat(64),
  ...change,
});
const report = (
  findings: readonly ScanFinding[],
  change: Partial<ScanReport> = {},
): ScanReport => ({
  verdict: "block",
  risk: "low",
  score: 80,
  capabilities: [],
  findings,
  coverage: { files: 1, analysed: 1, gaps: [], advisories: { takenAt: null, isStale: false } },
  engine: { version: "1.0.0", rules: "0".repeat(64) },
  ...change,
});

describe("SARIF", () => {
  it("names a finding's rule, its place in the repo and how grave it is", () => {
    const log = sarif.parse(toSarif([{ dir: "skills/a", report: report([finding()]) }], ALL_RULES));
    const [run] = log.runs;
    expect(run?.automationDetails.id).toBe("skill-scan/skills/a");
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual([known]);
    expect(run?.results).toMatchObject([
      {
        ruleId: known,
        ruleIndex: 0,
        level: "error",
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "skills/a/scripts/send%20it.sh" },
              region: { startLine: 4 },
            },
          },
        ],
      },
    ]);
  });

  it("draws the chain of a finding as a code flow, source first", () => {
    const chain = [
      { what: "reads a key", file: "a.sh", line: 1, evidence: "" },
      { what: "sends it", file: "b.sh", line: 2, evidence: "" },
    ];
    const log = sarif.parse(
      toSarif([{ dir: "", report: report([finding({ chain })]) }], ALL_RULES),
    );
    const steps = log.runs[0]?.results[0]?.codeFlows?.[0]?.threadFlows[0]?.locations;
    expect(steps?.map(({ location: step }) => step.message?.text)).toEqual([
      "reads a key",
      "sends it",
    ]);
  });

  it("keeps a fingerprint when a finding moves to another line, and tells two like ones apart", () => {
    const printsOf = (lines: readonly number[]) => {
      const findings = lines.map((line) => finding({ line }));
      const [run] = toSarif([{ dir: "a", report: report(findings) }], ALL_RULES).runs;
      return run?.results.map((one) => one.partialFingerprints["primaryLocationLineHash"]);
    };
    expect(printsOf([4, 9])).toEqual(printsOf([14, 19]));
    expect(new Set(printsOf([4, 9])).size).toBe(2);
  });

  it("suppresses what was waived, with the reason that was given, by whom and until when", () => {
    const told = (waiver: Omit<SarifWaiver, "rule">) => {
      const waivers = [{ rule: known, ...waiver }];
      const subject = { dir: "a", report: report([finding()]), waivers };
      return sarif.parse(toSarif([subject], ALL_RULES)).runs[0]?.results[0]?.suppressions;
    };
    const accepted = { kind: "external", status: "accepted" };
    const until = new Date("2027-01-01T00:00:00Z");
    expect(told({ reason: "Seen and agreed.", by: "bo@acme.example", until })).toEqual([
      {
        ...accepted,
        justification: "Waived by bo@acme.example until 2027-01-01T00:00:00.000Z: Seen and agreed.",
      },
    ]);
    expect(told({ reason: "Seen and agreed." })).toEqual([
      { ...accepted, justification: "Waived: Seen and agreed." },
    ]);
    expect(told({ reason: "long ".repeat(1_000), by: "bo@acme.example", until })).toHaveLength(1);
  });

  it("says of each finding whether it is suppressed once one is, and of none before", () => {
    const both = report([finding(), finding({ rule: "other.rule" })]);
    const suppressionsOf = (waivers: readonly SarifWaiver[]) =>
      sarif
        .parse(toSarif([{ dir: "a", report: both, waivers }], ALL_RULES))
        .runs[0]?.results.map(({ suppressions }) => suppressions?.length);
    expect(suppressionsOf([{ rule: known, reason: "Seen." }])).toEqual([1, 0]);
    expect(suppressionsOf([{ rule: "no.such", reason: "Seen." }])).toEqual([undefined, undefined]);
  });

  it("tells what was not read", () => {
    const coverage = {
      files: 1,
      analysed: 0,
      gaps: [{ file: "x.bin", state: "not-analysed", because: "It is packed." } as const],
      advisories: { takenAt: null, isStale: false },
    };
    const log = toSarif([{ dir: "a", report: report([], { coverage }) }], ALL_RULES);
    expect(log.runs[0]?.invocations[0]?.toolExecutionNotifications).toMatchObject([
      { message: { text: "x.bin was not read whole: It is packed." } },
    ]);
  });

  it("keeps the gravest 5,000 findings, and says how many more there were", () => {
    const many = Array.from({ length: 5_100 }, (_, line) => finding({ severity: "low", line }));
    const all = report([...many, finding({ severity: "critical" })]);
    const [run] = sarif.parse(toSarif([{ dir: "a", report: all }], ALL_RULES)).runs;
    expect(run?.results).toHaveLength(5_000);
    expect(run?.results[0]?.level).toBe("error");
    expect(run?.invocations[0]?.toolExecutionNotifications.at(-1)?.message.text).toMatch(
      /^101 more/,
    );
  });

  it("is one run for each skill, and one for all when there are more than a file may have", () => {
    const of = (count: number) =>
      toSarif(
        Array.from({ length: count }, (_, at) => ({ dir: `s${at}`, report: report([finding()]) })),
        ALL_RULES,
      ).runs;
    expect(of(20)).toHaveLength(20);
    expect(of(21)).toHaveLength(1);
    expect(of(21)[0]?.results).toHaveLength(21);
  });

  it("is valid whatever a skill's names and texts are made of", () => {
    const hostile = fc.string({ unit: "binary", maxLength: 60 });
    const some = fc.record({ file: hostile, message: hostile, evidence: hostile });
    fc.assert(
      fc.property(hostile, some, (dir, change) => {
        const lone = `${change.file}\uD800`;
        const changed = report([finding({ ...change, file: lone })]);
        expect(sarif.safeParse(toSarif([{ dir, report: changed }], ALL_RULES)).success).toBe(true);
      }),
    );
  });
});
