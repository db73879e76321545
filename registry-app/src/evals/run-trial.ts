import type { Artifact, InputFile, Limits, RunResult, RunSpec, Sandbox } from "@assay/sandbox";
import { encodeUstar } from "../blobs/index.ts";
import type { EvalArm, EvalCaseStatus } from "../db/index.ts";
import type { Model } from "../model/index.ts";
import type { Ids } from "../runtime/index.ts";
import type { AgentCase, EvalCase, Grader, ScriptCase, TriggerCase } from "./format/types.ts";
import { isOfEvals } from "./format/paths.ts";
import { makeCheck, plain, type Check, type Grade } from "./grade/check.ts";
import { gradeFiles } from "./grade/files.ts";
import { gradeByModel } from "./grade/model.ts";
import { PATTERN_WORK } from "./grade/pattern.ts";
import { gradeProcess, type Ran } from "./grade/process.ts";
import { gradeByScript, type Evidence } from "./grade/script.ts";
import { bytesOf, gradeText, type Fixtures, type Grading } from "./grade/text.ts";
import { gradeTrace } from "./grade/trace.ts";
import type { AgentRunner, AgentTask, AgentTrace } from "./ports.ts";
import { statusOfChecks } from "./statuses.ts";
import type { SkillFiles } from "./suite-types.ts";
import { toTrialLog, type TrialLog } from "./trial-log.ts";

/** One time that a case was run, graded. */
export type Trial = {
  readonly status: EvalCaseStatus;
  /** Why there is no verdict; null when there is one. */
  readonly because: string | null;
  readonly end: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  readonly log: TrialLog | null;
};

export type TrialDeps = {
  readonly sandbox: Sandbox;
  readonly model: Model | null;
  readonly agent: AgentRunner | null;
  readonly ids: Ids;
};

/** What all trials of a case in one arm share. */
export type TrialInput = {
  readonly of: EvalCase;
  readonly arm: EvalArm;
  readonly id: string;
  readonly skill: AgentTask["skill"];
  readonly fixtures: Fixtures;
  readonly signal: AbortSignal | undefined;
};

const NOTHING = {
  end: null,
  exitCode: null,
  signal: null,
  durationMs: null,
  cpuMs: null,
  peakMemoryBytes: null,
  checks: [],
  notes: [],
  log: null,
} as const;

/** A trial that did not come to a verdict, for a reason of ours or of the case. */
export function unrun(status: "errored" | "skipped", because: string): Trial {
  return { ...NOTHING, status, because: plain(because, 500) };
}

/** Runs a case once and grades what came out. */
export async function runTrial(deps: TrialDeps, input: TrialInput): Promise<Trial> {
  const { of } = input;
  if (of.kind === "script") {
    const spec = toRunSpec(of, input);
    return typeof spec === "string"
      ? unrun("errored", spec)
      : runScript(deps, { ...input, of }, spec);
  }
  const inputs = layIn(of, input.fixtures);
  if (typeof inputs === "string") return unrun("errored", inputs);
  return runAgent(deps, input, of, inputs);
}

/** A case never sees evals/, where its answers are. */
export function offerSkill({ name, description, files }: SkillFiles) {
  const shown = files.filter(({ path }) => !isOfEvals(path));
  return { name, description, tar: encodeUstar(shown) };
}

/** How a script case is run; a sentence when something that it needs is not there. */
export function toRunSpec(
  of: ScriptCase,
  { id, skill, fixtures, signal }: Pick<TrialInput, "id" | "skill" | "fixtures" | "signal">,
): RunSpec | string {
  const inputs = layIn(of, fixtures);
  if (typeof inputs === "string") return inputs;
  return {
    id,
    skill: skill?.tar ?? null,
    inputs,
    command: of.command,
    stdin: bytesOf(of.stdin, fixtures) ?? new Uint8Array(),
    env: of.env,
    limits: of.limits,
    ...(signal !== undefined && { signal }),
  };
}

function layIn(of: EvalCase, fixtures: Fixtures): readonly InputFile[] | string {
  const inputs: InputFile[] = [];
  for (const { path, bytes, isExecutable } of of.inputs) {
    const content = bytesOf(bytes, fixtures);
    if (content === undefined) return `the file for ${path} is not in the skill`;
    inputs.push({ path, content, isExecutable });
  }
  return inputs;
}

async function runScript(
  deps: TrialDeps,
  input: TrialInput & { readonly of: ScriptCase },
  spec: RunSpec,
): Promise<Trial> {
  const { of, fixtures } = input;
  const result = await deps.sandbox.run(spec);
  if (result.kind !== "ran") return notRan(result);
  const grading = { fixtures, work: { left: PATTERN_WORK } };
  const checks = gradeScript(of, result, spec.inputs, grading);
  const evidence = {
    texts: new Map([
      ["stdout.txt", result.stdout.bytes],
      ["stderr.txt", result.stderr.bytes],
    ]),
    files: result.files,
  };
  const { end, exitCode, signal: killedBy, durationMs, cpuMs, peakMemoryBytes } = result;
  const facts = { end, exitCode, signal: killedBy, durationMs, cpuMs, peakMemoryBytes };
  const log = toTrialLog({ ...result, transcript: null });
  const notes = result.notes.map((note) => plain(note, 500));
  if (end === "timeout") return { ...facts, status: "timeout", because: null, checks, notes, log };
  const grades = await gradeAll(deps, input, { evidence, grading, trace: null });
  return { ...facts, log, ...settle(of.graders, grades, checks, notes) };
}

function gradeScript(
  { expect }: ScriptCase,
  ran: Ran,
  inputs: readonly InputFile[],
  grading: Grading,
): readonly Check[] {
  const paths = inputs.map(({ path }) => path);
  return [
    ...gradeProcess(expect, ran),
    ...gradeText(expect.stdout, { name: "stdout", ...ran.stdout }, grading),
    ...gradeText(expect.stderr, { name: "stderr", ...ran.stderr }, grading),
    ...gradeFiles(expect, ran.files, { inputs: paths, grading }),
  ];
}

async function runAgent(
  deps: TrialDeps,
  input: TrialInput,
  of: AgentCase | TriggerCase,
  inputs: readonly InputFile[],
): Promise<Trial> {
  if (deps.agent === null) return unrun("skipped", "no model endpoint is configured");
  const { id, arm, skill, signal, fixtures } = input;
  const trace = await deps.agent.runAgentCase({ id, of, arm, skill, inputs, signal });
  if (trace.kind === "skipped") return unrun("skipped", trace.because);
  if (trace.kind !== "ran") return notRan(trace);
  const grading = { fixtures, work: { left: PATTERN_WORK } };
  const texts = new Map([
    ["final.txt", Buffer.from(trace.final)],
    ["transcript.txt", Buffer.from(trace.transcript)],
  ]);
  const { durationMs, cpuMs, peakMemoryBytes, end } = trace;
  const facts = { end, exitCode: null, signal: null, durationMs, cpuMs, peakMemoryBytes };
  const empty = { bytes: new Uint8Array(), totalBytes: 0 };
  const log = toTrialLog({ ...trace, stdout: empty, stderr: empty });
  const notes = trace.notes.map((note) => plain(note, 500));
  const checks = of.kind === "trigger" ? [checkTrigger(of, trace)] : [];
  if (end === "timeout") return { ...facts, status: "timeout", because: null, checks, notes, log };
  const evidence = { texts, files: trace.files };
  const grades = await gradeAll(deps, input, { evidence, grading, trace });
  return { ...facts, log, ...settle(of.graders, grades, checks, notes) };
}

function checkTrigger({ shouldTrigger }: TriggerCase, { isSkillRead }: AgentTrace): Check {
  const say = (isChosen: boolean) => (isChosen ? "chosen" : "not chosen");
  const name = `the skill is ${say(shouldTrigger)}`;
  return makeCheck(name, isSkillRead === shouldTrigger, say(shouldTrigger), say(isSkillRead));
}

function notRan(result: Exclude<RunResult, { kind: "ran" }>): Trial {
  return unrun("errored", result.kind === "errored" ? result.because : "it was cancelled");
}

type Gradable = {
  readonly evidence: Evidence;
  readonly grading: Grading;
  readonly trace: AgentTrace | null;
};

async function gradeAll(
  deps: TrialDeps,
  input: TrialInput,
  gradable: Gradable,
): Promise<readonly Grade[]> {
  const grades: Grade[] = [];
  for (const [index, grader] of input.of.graders.entries())
    grades.push(await gradeOne(deps, input, gradable, { grader, place: index + 1 }));
  return grades;
}

async function gradeOne(
  deps: TrialDeps,
  input: TrialInput,
  { evidence, grading, trace }: Gradable,
  { grader, place }: { readonly grader: Grader; readonly place: number },
): Promise<Grade> {
  const { signal, fixtures, of } = input;
  switch (grader.kind) {
    case "text":
      return gradeTarget(grader, evidence, grading);
    case "trace":
      return trace === null
        ? { kind: "ungraded", because: "there is no trace" }
        : { kind: "graded", checks: gradeTrace(grader, trace, grading.work) };
    case "script": {
      const limits: Limits = of.limits;
      const run = { id: `${input.id}.g${place}`.slice(-100), fixtures, limits, signal };
      return gradeByScript(deps.sandbox, grader, evidence, run);
    }
    case "model":
      return deps.model === null
        ? { kind: "ungraded", because: "no model is configured that could judge it" }
        : gradeByModel({ model: deps.model, ids: deps.ids }, grader, evidence, signal);
  }
}

function gradeTarget(
  { target, expect, name, weight, isRequired }: Extract<Grader, { kind: "text" }>,
  { texts, files }: Evidence,
  grading: Grading,
): Grade {
  const subject =
    target.kind === "file"
      ? findFile(files, target.path)
      : (texts.get(`${target.kind}.txt`) ?? texts.get("stdout.txt"));
  const own = { weight, isRequired };
  if (subject === undefined) {
    const path = target.kind === "file" ? target.path : target.kind;
    return {
      kind: "graded",
      checks: [makeCheck(`${name}: ${path} is there`, false, "a file", "nothing to read", own)],
    };
  }
  const checks = gradeText(expect, { name, bytes: subject, isTruncated: false }, grading);
  return { kind: "graded", checks: checks.map((check) => ({ ...check, ...own })) };
}

function findFile(files: readonly Artifact[], path: string): Uint8Array | undefined {
  return files.find((file) => file.kind === "file" && file.path === path)?.content ?? undefined;
}

/** A required grader without a verdict leaves the trial without one, unless something else failed it already. */
function settle(
  graders: readonly Grader[],
  grades: readonly Grade[],
  own: readonly Check[],
  notes: readonly string[],
): Pick<Trial, "status" | "because" | "checks" | "notes"> {
  const checks = [...own, ...grades.flatMap((one) => (one.kind === "graded" ? one.checks : []))];
  const open = grades.flatMap((one, index) =>
    one.kind === "graded"
      ? []
      : [
          {
            ...one,
            isRequired: graders[index]?.isRequired === true,
            because: plain(one.because, 500),
          },
        ],
  );
  const told = [...notes, ...open.map(({ because }) => because)];
  if (statusOfChecks(checks) === "failed")
    return { status: "failed", because: null, checks, notes: told };
  const missing = open.filter(({ isRequired }) => isRequired || checks.length === 0);
  const worst = missing.find(({ kind }) => kind === "errored") ?? missing[0];
  if (worst !== undefined)
    return { status: worst.kind, because: worst.because, checks, notes: told };
  if (checks.length === 0)
    return {
      status: "ungraded",
      because: "the case has nothing to decide by",
      checks,
      notes: told,
    };
  return { status: "passed", because: null, checks, notes: told };
}
