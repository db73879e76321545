import { z } from "zod";

const findingSchema = z.object({
  rule: z.string(),
  severity: z.string(),
  message: z.string(),
  file: z.string().describe("from the skill's folder"),
  line: z.number().int(),
  fix: z.string().optional(),
});

const skillSchema = z.object({
  folder: z.string().describe("from the root of the repo; empty for the root itself"),
  name: z.string().nullable(),
  isPublishable: z.boolean(),
  problem: z.string().nullable().describe("why it could not be read at all"),
  findings: z.array(findingSchema).describe("of SKILL.md and the folder"),
  scan: z
    .object({
      verdict: z.enum(["pass", "review", "warn", "block", "incomplete"]).catch("incomplete"),
      score: z.number(),
      known: z.number().int().describe("findings that the base has too"),
      added: z.array(findingSchema),
      gained: z.array(z.string()).describe("what it is able to do that the base is not"),
      gaps: z.array(z.string()).describe("what was not read"),
    })
    .nullable(),
  release: z
    .object({
      previous: z.string().nullable(),
      bump: z.string(),
      version: z.string().nullable(),
      tag: z.string().nullable().describe("what its author will need after the merge"),
      notes: z.array(z.string()),
    })
    .nullable(),
  digest: z
    .string()
    .nullable()
    .describe("what the release will have if nothing changes until then"),
});

/** What a pull request would come to; `pulls.report` has more than this. */
export const pullReportSchema = z.object({
  skills: z.array(skillSchema),
  leftOut: z.number().int().describe("skills beyond those that are looked at"),
});

/** `pulls.signer`. */
export const pullSignerSchema = z
  .object({
    kind: z
      .enum(["ready", "likely", "unready"])
      .describe("likely: nothing speaks against it, and no key was tried"),
    says: z.string(),
    help: z.string().nullable().describe("a command, for the author or for an admin"),
  })
  .describe("whether the author of the newest commit could sign the release; null: not known");

const evalsSchema = z.object({
  skill: z.string(),
  folder: z.string(),
  state: z.enum(["queued", "running", "done", "cancelled"]),
  outcome: z
    .enum(["pass", "review", "warn", "block", "incomplete", "errored", "skipped"])
    .nullable(),
  summary: z.string(),
  against: z
    .string()
    .nullable()
    .describe("the released version whose newest run the cases are beside"),
  removed: z.array(z.string()).describe("cases that only that version has"),
  cases: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["passed", "failed", "timeout", "errored", "skipped", "ungraded"]),
      isRequired: z.boolean(),
      durationMs: z.number().nullable(),
      change: z.enum(["same", "mended", "broken", "added", "unknown"]).nullable(),
    }),
  ),
});

export const pullLineSchema = z.object({
  number: z.number().int(),
  head: z.string(),
  isFork: z.boolean(),
  isOpen: z.boolean(),
  isJudged: z.boolean().describe("whether what is known is of this head"),
  seenAt: z.string(),
});

export const pullSchema = pullLineSchema.extend({
  source: z.string(),
  base: z.string(),
  judgedAt: z.string().nullable(),
  judged: z.string().nullable().describe("the head that the report is of"),
  report: pullReportSchema.nullable(),
  signer: pullSignerSchema.nullable(),
  evals: z.array(evalsSchema).describe("of that head"),
});

export const pullListSchema = z.object({ items: z.array(pullLineSchema) });
