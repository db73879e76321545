import { z } from "zod";

const severity = z.enum(["critical", "high", "medium", "low", "info"]);
const verdict = z.enum(["pass", "review", "warn", "block", "incomplete"]);

const capability = z.object({
  kind: z.string(),
  detail: z.string().nullable(),
  isDeclared: z.boolean(),
  file: z.string(),
  line: z.number(),
});

const texts = z.array(z.string());

/** What a version was seen to do when its own script cases were run with a tracer, false secrets and no way out. */
const observedSchema = z.object({
  watched: z.number().describe("script cases that were watched"),
  unwatched: z.number(),
  hosts: z.object({
    declared: texts.describe("seen, and named in SKILL.md or declared"),
    undeclared: texts.describe("seen, and named nowhere"),
    unseen: texts.describe("named, and not seen in its cases"),
  }),
  secretsRead: texts,
  secretsSent: texts,
  programs: texts,
  writesOutsideWork: texts,
  notes: texts,
  observedAt: z.iso.datetime(),
});

/** What the scanner says of one version. */
export const scanSchema = z
  .object({
    version: z.string(),
    verdict,
    risk: z.enum(["none", "low", "medium", "high"]),
    score: z.number().describe("0 to 100; /docs/scanning has the formula"),
    capabilities: z.array(capability),
    findings: z.array(
      z.object({
        rule: z.string(),
        category: z.string(),
        severity,
        confidence: z.enum(["observed", "flow", "structural", "lexical"]),
        file: z.string(),
        line: z.number(),
        message: z.string(),
        evidence: z.string().describe("empty while the version is not served"),
        remedy: z.string(),
        why: z.string(),
        owasp: z.array(z.string()),
        isIndicator: z.boolean(),
        points: z.number().describe("what it takes from the score"),
        fingerprint: z.string(),
        chain: z.array(
          z.object({
            what: z.string(),
            file: z.string(),
            line: z.number(),
            evidence: z.string(),
          }),
        ),
      }),
    ),
    coverage: z.object({
      files: z.number(),
      analysed: z.number(),
      gaps: z.array(
        z.object({ file: z.string(), state: z.string(), because: z.string().nullable() }),
      ),
      advisories: z.object({ takenAt: z.string().nullable(), isStale: z.boolean() }),
    }),
    observed: observedSchema
      .nullable()
      .describe("null when nobody looked, and while the version is not served"),
    engine: z.object({ version: z.string(), rules: z.string() }),
    scannedAt: z.iso.datetime(),
  })
  .meta({ id: "Scan" });

export type Scan = z.infer<typeof scanSchema>;
export type Observed = z.infer<typeof observedSchema>;
