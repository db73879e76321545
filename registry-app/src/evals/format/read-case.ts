import type { z } from "zod";
import { sayPath } from "./findings.ts";
import { setLimits, type LimitPolicy } from "./limits.ts";
import {
  readExpect,
  readFile,
  readGraders,
  readInputs,
  within,
  type Reading,
} from "./read-blocks.ts";
import {
  agentCaseSchema,
  scriptCaseSchema,
  triggerCaseSchema,
  type AgentText,
  type FileText,
  type ScriptText,
  type TriggerText,
} from "./schema.ts";
import type { Baseline, EvalCase, Grader, PassRule } from "./types.ts";

export type Defaults = NonNullable<FileText["defaults"]>;
type CaseText = ScriptText | AgentText | TriggerText;

const KIND_FIX =
  'Write "run" for a command, "prompt" for a task of an agent, or "query" for whether the skill is chosen.';

/** Reads one case; undefined when it cannot be told what it is. What is wrong goes to the findings. */
export function readCase(
  reading: Reading,
  given: Readonly<Record<string, unknown>>,
  { defaults, policy }: { readonly defaults: Defaults; readonly policy: LimitPolicy },
): EvalCase | undefined {
  const marks = ["run", "prompt", "query"].filter((key) => Object.hasOwn(given, key));
  const [mark] = marks;
  if (mark === undefined || marks.length > 1) {
    const what =
      marks.length === 0 ? "has none of run, prompt and query" : `has ${marks.join(" and ")}`;
    reading.findings.error("evals-kind", reading.at, `${reading.label} ${what}`, KIND_FIX);
    return undefined;
  }
  if (mark === "run") {
    const text = check(reading, scriptCaseSchema, given);
    return text && readScript(reading, text, defaults, policy);
  }
  if (mark === "prompt") {
    const text = check(reading, agentCaseSchema, given);
    return text && readAgent(reading, text, defaults, policy);
  }
  const text = check(reading, triggerCaseSchema, given);
  return text && readTrigger(reading, text, defaults, policy);
}

function readScript(
  reading: Reading,
  text: ScriptText,
  defaults: Defaults,
  policy: LimitPolicy,
): EvalCase {
  const common = readCommon(reading, text, defaults, policy);
  const trace = (text.graders ?? []).findIndex(({ type }) => type === "trace");
  if (trace !== -1)
    reading.findings.error(
      "evals-field",
      [...reading.at, "graders", trace],
      `${reading.label}: graders[${trace}] reads the trace of an agent, and a script has none`,
      "Check its output with expect, or with a grader of type script.",
    );
  if (text.id === undefined)
    reading.findings.error(
      "evals-id",
      reading.at,
      `${reading.label} has no id`,
      'Write "id": a name that stays the same, so that its history can be kept.',
    );
  if (text.network === "record")
    reading.findings.warn(
      "evals-unread",
      [...reading.at, "network"],
      `${reading.label} asks for a recorded network; while it is graded it has none`,
      "Nothing: what it tries to reach is recorded once for each version, apart from its cases.",
    );
  const { run, stdin } = text;
  return {
    ...common,
    kind: "script",
    isRequired: text.required ?? true,
    command: typeof run === "string" ? ["bash", "-c", run] : run,
    stdin:
      typeof stdin === "object"
        ? readFile(within(reading, "stdin"), stdin.file)
        : { kind: "text", text: stdin ?? "" },
    expect: readExpect(within(reading, "expect"), text.expect),
  };
}

function readAgent(
  reading: Reading,
  text: AgentText,
  defaults: Defaults,
  policy: LimitPolicy,
): EvalCase {
  const common = readCommon(reading, text, defaults, policy);
  const judged = readAssertions(text, defaults.judge ?? null, common.graders.length > 0);
  return {
    ...common,
    kind: "agent",
    isRequired: text.required ?? false,
    prompt: text.prompt,
    graders: [...common.graders, ...judged],
    baseline: toBaseline(text.baseline ?? defaults.baseline),
    maxTurns: text.max_turns ?? 20,
  };
}

function readTrigger(
  reading: Reading,
  text: TriggerText,
  defaults: Defaults,
  policy: LimitPolicy,
): EvalCase {
  const usual = { trials: 3, ...defaults };
  const common = readCommon(reading, text, usual, policy);
  const { should_trigger: shouldTrigger, query } = text;
  // The skill counts as chosen when at least half of the trials chose it.
  const half = common.trials / 2;
  const passes = shouldTrigger ? Math.ceil(half) : Math.floor(half) + 1;
  return {
    ...common,
    kind: "trigger",
    isRequired: text.required ?? false,
    pass: text.pass === undefined ? { kind: "at-least", passes } : common.pass,
    query,
    shouldTrigger,
  };
}

function readCommon(reading: Reading, text: CaseText, defaults: Defaults, policy: LimitPolicy) {
  const { limits, changed } = setLimits({ ...defaults.limits, ...text.limits }, policy);
  for (const change of changed)
    reading.findings.warn(
      "evals-limits",
      text.limits === undefined ? ["defaults", "limits"] : [...reading.at, "limits"],
      `${reading.label}: ${change}`,
      "Ask for what the registry gives, so that the case runs as it is written.",
    );
  const id = text.id === undefined ? `case-${Number(reading.at[1]) + 1}` : String(text.id);
  const trials = text.trials ?? defaults.trials ?? 1;
  return {
    id,
    name: text.name ?? id,
    tags: text.tags ?? [],
    skip: text.skip === true ? "the case says so" : text.skip || null,
    limits,
    trials,
    pass: readPass(reading, text.pass, trials),
    retries: text.retries ?? 1,
    env: text.env ?? {},
    inputs: readInputs(within(reading, "files"), text.files ?? []),
    graders: readGraders(within(reading, "graders"), text.graders ?? [], limits.timeoutMs),
    line: 0,
  };
}

function readPass(reading: Reading, pass: CaseText["pass"], trials: number): PassRule {
  if (typeof pass !== "object") return { kind: pass ?? "all" };
  if (pass.at_least > trials)
    reading.findings.error(
      "evals-field",
      [...reading.at, "pass"],
      `${reading.label}: pass asks for ${pass.at_least} of ${trials} trials`,
      "Ask for no more passes than there are trials.",
    );
  return { kind: "at-least", passes: pass.at_least };
}

function toBaseline(given: AgentText["baseline"]): Baseline {
  if (given === "no_skill") return "no-skill";
  return given === "previous_version" ? "previous-version" : "none";
}

/** Both names that other tools use; without any, what is expected is itself the one criterion. */
function readAssertions(
  { assertions = [], expectations = [], expected_output: expected }: AgentText,
  model: string | null,
  hasGraders: boolean,
): readonly Grader[] {
  const said = [...assertions, ...expectations].map(toCriterion);
  const criteria =
    said.length > 0 || hasGraders || !expected ? said : [`The result is as expected: ${expected}`];
  if (criteria.length === 0) return [];
  const graded = { name: "assertions", weight: 1, isRequired: false } as const;
  return [{ ...graded, kind: "model", criteria, model, samples: 1 }];
}

const SENTENCES = ["description", "text", "assertion", "expectation", "statement", "criterion"];

function toCriterion(given: string | Readonly<Record<string, unknown>>): string {
  if (typeof given === "string") return given;
  const sentence = SENTENCES.map((key) => given[key]).find((value) => typeof value === "string");
  return sentence ?? JSON.stringify(given).slice(0, 4_096);
}

/** What zod says, as findings: the field, and what to write. */
export function check<T extends z.ZodType>(
  reading: Reading,
  schema: T,
  given: unknown,
): z.infer<T> | undefined {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues.slice(0, 20)) tell(reading, deepest(issue));
  return undefined;
}

type Issue = z.core.$ZodIssue;

/** Of the forms that a value may have, the one that it comes nearest to. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const [best] = issue.errors
    .filter((issues) => issues.length > 0)
    .toSorted((one, other) => depthOf(other) - depthOf(one));
  const [inner] = best ?? [];
  if (inner === undefined || (inner.path.length === 0 && inner.code === "invalid_type"))
    return { ...issue, message: sayForms(issue.errors) };
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

const depthOf = (issues: readonly Issue[]): number =>
  Math.max(...issues.map(({ path, code }) => path.length + (code === "invalid_type" ? 0 : 1)));

function sayForms(errors: readonly (readonly Issue[])[]): string {
  const forms = errors
    .flat()
    .flatMap((issue) =>
      issue.code === "invalid_type"
        ? [issue.expected]
        : issue.code === "invalid_value"
          ? issue.values.map((value) => JSON.stringify(value))
          : [],
    );
  return forms.length === 0 ? "Invalid input" : `expected ${[...new Set(forms)].join(" or ")}`;
}

function tell(reading: Reading, issue: Issue): void {
  const path = [...reading.at, ...issue.path];
  const field = sayPath(issue.path);
  const where = field === "" ? reading.label : `${reading.label}: ${field}`;
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    const fix = "Correct its spelling or remove it; docs/evals.md lists the fields.";
    const first = issue.keys[0];
    const at = first === undefined ? path : [...path, first];
    reading.findings.error("evals-field", at, `${where} has no field ${names}`, fix);
    return;
  }
  const message = issue.message.replace(/^Invalid input: /, "");
  const own = message.startsWith("Write ");
  reading.findings.error(
    "evals-field",
    path,
    own ? `${where} is not of the right form` : `${where}: ${message}`,
    own ? `${message}.` : "docs/evals.md shows each field with an example.",
  );
}
