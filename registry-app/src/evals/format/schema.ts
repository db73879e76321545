import { z } from "zod";
import { SIZE_PATTERN, TIME_PATTERN } from "./units.ts";

// The file as authors write it. Files and cases may carry fields of other tools; our own blocks may not, so that a
// misspelt one is an error and never a check that silently is not made.

export const FORMAT_LIMITS = {
  fileBytes: 1024 * 1024,
  depth: 40,
  cases: 200,
  textLength: 64 * 1024,
  patternLength: 500,
  pathLength: 200,
  list: 50,
} as const;

const { textLength, patternLength, pathLength, list } = FORMAT_LIMITS;

const text = z.string().max(textLength);
const line = z.string().min(1).max(500);
const path = z.string().min(1).max(pathLength);
const pattern = z.string().min(1).max(patternLength);
const json = z.json();
const time = z.string().regex(TIME_PATTERN, 'Write a number with its unit, like "30s" or "500ms"');
const size = z.string().regex(SIZE_PATTERN, 'Write a number with its unit, like "256Mi"');
const count = z.number().int().min(0).max(1_000_000_000);
const some = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(list)]);

const limits = z.strictObject({
  timeout: time.optional(),
  memory: size.optional(),
  cpus: z.number().min(0.1).max(4).optional(),
  pids: z.number().int().min(1).max(512).optional(),
  output: size.optional(),
  disk: size.optional(),
});

const pass = z.union([
  z.enum(["all", "any", "majority"]),
  z.strictObject({ at_least: z.number().int().min(1).max(20) }),
]);

const regex = z.union([
  pattern,
  z.strictObject({ pattern, flags: z.string().regex(/^[ims]{0,3}$/, 'Write "i", "m" or "s"') }),
]);

const textChecks = {
  equals: text.optional(),
  equals_file: path.optional(),
  contains: some(text).optional(),
  not_contains: some(text).optional(),
  regex: some(regex).optional(),
  json: z.record(z.string().max(pathLength), json).optional(),
  json_schema: z.union([path, z.record(z.string(), json), z.boolean()]).optional(),
  empty: z.boolean().optional(),
};
const textBlock = z.strictObject(textChecks);

const fileBlock = z.union([
  z.boolean(),
  z.strictObject({
    exists: z.boolean().optional(),
    min_bytes: count.optional(),
    max_bytes: count.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "Write 64 small hex digits")
      .optional(),
    ...textChecks,
  }),
]);

const exitCode = z.number().int().min(0).max(255);
const expect = z.strictObject({
  exit_code: z.union([exitCode, z.array(exitCode).min(1).max(list), z.literal("nonzero")]),
  stdout: textBlock.optional(),
  stderr: textBlock.optional(),
  files: z.record(path, fileBlock).optional(),
  no_other_files: z.boolean().optional(),
  max_duration: time.optional(),
  max_memory: size.optional(),
});

const input = z.union([
  path,
  z.strictObject({
    path,
    from: path.optional(),
    content: text.optional(),
    mode: z.enum(["0644", "0755", "644", "755"]).optional(),
  }),
]);

const graded = {
  name: line.optional(),
  weight: z.number().min(0).max(1_000).optional(),
  required: z.boolean().optional(),
};
const grader = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    target: z.string().regex(/^(?:final|transcript|file:.{1,200})$/),
    expect: textBlock,
    ...graded,
  }),
  z.strictObject({
    type: z.literal("script"),
    command: z.array(z.string().max(4_096)).min(1).max(list),
    timeout: time.optional(),
    min_score: z.number().min(0).max(1).optional(),
    ...graded,
  }),
  z.strictObject({
    type: z.literal("trace"),
    skill_read: z.boolean().optional(),
    ran: some(pattern).optional(),
    not_ran: some(pattern).optional(),
    max_tool_calls: count.optional(),
    max_tokens: count.optional(),
    ...graded,
  }),
  z.strictObject({
    type: z.literal("llm"),
    criteria: some(text.min(1)),
    model: line.optional(),
    samples: z.number().int().min(1).max(9).optional(),
    ...graded,
  }),
]);

/** `assertions` and `expectations` of other tools: a sentence, or an object that holds one. */
const assertion = z.union([text.min(1), z.looseObject({})]);

const common = {
  id: z
    .union([
      z.number().int().min(0).max(1_000_000_000),
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
          "Write letters, digits, _ . - only, 64 at most",
        ),
    ])
    .optional(),
  name: line.optional(),
  tags: z.array(line).max(list).optional(),
  skip: z.union([z.boolean(), line]).optional(),
  required: z.boolean().optional(),
  limits: limits.optional(),
  trials: z.number().int().min(1).max(20).optional(),
  pass: pass.optional(),
  retries: z.number().int().min(0).max(3).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, "Write the name in upper case"),
      z.string().max(4_096),
    )
    .optional(),
  files: z.array(input).max(200).optional(),
  graders: z.array(grader).max(list).optional(),
};
const baseline = z.enum(["none", "no_skill", "previous_version"]);

export const scriptCaseSchema = z.looseObject({
  ...common,
  run: z.union([text.min(1), z.array(z.string().max(textLength)).min(1).max(list)]),
  stdin: z.union([text, z.strictObject({ file: path })]).optional(),
  network: z.enum(["none", "record"]).optional(),
  expect: expect.partial().optional(),
});

export const agentCaseSchema = z.looseObject({
  ...common,
  prompt: text.min(1),
  expected_output: text.optional(),
  assertions: z.array(assertion).max(list).optional(),
  expectations: z.array(assertion).max(list).optional(),
  baseline: baseline.optional(),
  max_turns: z.number().int().min(1).max(100).optional(),
});

export const triggerCaseSchema = z.looseObject({
  ...common,
  query: text.min(1),
  should_trigger: z.boolean(),
});

/** All but the cases, which are read one by one so that each error names its case. */
export const fileSchema = z.looseObject({
  $schema: line.optional(),
  version: z.literal(1).optional(),
  skill_name: line.optional(),
  defaults: z
    .strictObject({
      limits: limits.optional(),
      trials: common.trials,
      harness: line.optional(),
      judge: line.optional(),
      baseline: baseline.optional(),
    })
    .optional(),
  evals: z.array(z.unknown()).max(FORMAT_LIMITS.cases),
});

export const wholeSchema = fileSchema.extend({
  evals: z
    .array(z.union([scriptCaseSchema, agentCaseSchema, triggerCaseSchema]))
    .max(FORMAT_LIMITS.cases),
});

export type FileText = z.infer<typeof fileSchema>;
export type ScriptText = z.infer<typeof scriptCaseSchema>;
export type AgentText = z.infer<typeof agentCaseSchema>;
export type TriggerText = z.infer<typeof triggerCaseSchema>;
export type TextChecksText = z.infer<typeof textBlock>;
export type FileChecksText = z.infer<typeof fileBlock>;
export type ExpectText = NonNullable<ScriptText["expect"]>;
export type GraderText = z.infer<typeof grader>;
export type InputText = z.infer<typeof input>;
export type LimitsText = z.infer<typeof limits>;
