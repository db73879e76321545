import { z } from "zod";

// What rows of eval_queues and eval_results hold as JSON. Written here and read by pages: parsed on the way out too,
// since rows outlive the version of Assay that wrote them.

const text = z.string();
const count = z.number().nonnegative();

/** One comparison of a grader. `actual` is cut and made visible. */
export const storedCheck = z.object({
  name: text,
  passed: z.boolean(),
  expected: text,
  actual: text,
  isRequired: z.boolean(),
});

export const storedTrial = z.object({
  number: count,
  status: z.enum(["passed", "failed", "timeout", "errored", "skipped", "ungraded"]),
  /** `exit`, `signal`, `timeout`, `oom`, `output-limit`; null when nothing ran. */
  end: text.nullable(),
  exitCode: z.number().nullable(),
  signal: text.nullable(),
  durationMs: count.nullable(),
  checks: z.array(storedCheck),
  notes: z.array(text),
});

/** `eval_results.detail`. */
export const caseDetail = z.object({
  /** Why it is skipped, errored or ungraded. */
  because: text.nullable(),
  trials: z.array(storedTrial),
  /** The command, or the prompt or query, as the case has it. */
  asked: text,
});

/** `eval_queues.report`. */
export const runReport = z.object({
  /** Why nothing could be run; null when there was a sandbox. */
  unavailable: text.nullable(),
  isolation: z
    .object({
      kind: text,
      engine: text,
      image: text,
      seccomp: text,
      cgroup: z.number(),
      runner: text,
    })
    .nullable(),
  /** What was cut to what the law gives, unknown fields and the like. */
  warnings: z.array(text),
});

export type CaseDetail = z.infer<typeof caseDetail>;
export type RunReport = z.infer<typeof runReport>;

/** The log of a case, as JSON under gzip in the archive store; streams are base64. */
export const caseLog = z.object({
  trials: z.array(
    z.object({
      number: count,
      stdout: z.object({ base64: text, totalBytes: count }),
      stderr: z.object({ base64: text, totalBytes: count }),
      /** Names of what it left behind, with sizes; contents of small text files. */
      files: z.array(
        z.object({ path: text, kind: text, sizeBytes: count, base64: text.nullable() }),
      ),
      /** Turns of an agent case, as text. */
      transcript: text.nullable(),
    }),
  ),
});
export type CaseLog = z.infer<typeof caseLog>;
