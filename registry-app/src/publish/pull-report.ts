import { z } from "zod";

const text = z.string();
const finding = z.object({
  rule: text,
  severity: text,
  message: text,
  file: text,
  line: z.number(),
  column: z.number(),
  fix: text.optional(),
});

/** What the next release of one skill would come to. */
const pulledSkill = z.object({
  /** From the root of the repo; empty for the root itself. */
  folder: text,
  name: text.nullable(),
  isPublishable: z.boolean(),
  /** Why it could not be read at all. */
  problem: text.nullable(),
  /** Of SKILL.md and the folder. */
  findings: z.array(finding),
  scan: z
    .object({
      verdict: text,
      score: z.number(),
      /** Findings that the base has too. */
      known: z.number(),
      added: z.array(finding),
      /** What it is able to do that the base is not. */
      gained: z.array(text),
      gaps: z.array(text),
    })
    .nullable(),
  release: z
    .object({
      previous: text.nullable(),
      bump: text,
      /** The version and the tag that the author will need; null when nothing changed. */
      version: text.nullable(),
      tag: text.nullable(),
      notes: z.array(text),
    })
    .nullable(),
  /** The archive that its evals run from; null where it has none. */
  evalsTar: text.nullable(),
  /** What the released version must have, if nothing changes until then. */
  digest: text.nullable(),
});

/** What was made of a pull request; `pulls.report`. */
export const pullReport = z.object({
  baseOid: text,
  headOid: text,
  skills: z.array(pulledSkill),
  /** Skills beyond those that are looked at. */
  leftOut: z.number(),
});

export type PulledSkill = z.infer<typeof pulledSkill>;
export type PullReport = z.infer<typeof pullReport>;
/** The report with what the scan found in all of its skills, as SARIF; null where nothing was scanned. */
export type PulledNow = { readonly report: PullReport; readonly sarif: string | null };
