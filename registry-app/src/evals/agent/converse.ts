import type { Artifact, RunResult, Session } from "@assay/sandbox";
import type { Answer, Message, Model, ToolCall, ToolResult } from "../../model/index.ts";
import type { Clock } from "../../runtime/index.ts";
import type { AgentRun, AgentTask, AgentTrace } from "../ports.ts";
import { BASH, readCommand, sayResult, systemFor, toLine } from "./say.ts";
import { createSkillWatch } from "./skill-watch.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

export type ConverseDeps = {
  readonly model: Model;
  readonly session: Session;
  readonly clock: Clock;
  readonly maxCaseMs: number;
};

const MAX_ANSWER_TOKENS = 4_096;
/** What the model reads and writes in one case, where the endpoint counts. */
const MAX_TOKENS = 500_000;
const MAX_CALLS_A_TURN = 8;
/** Whether a skill is chosen shows early. */
const TRIGGER_TURNS = 4;
const MAX_FINAL_LENGTH = 100_000;

/** What has happened so far. */
type Course = {
  readonly transcript: Transcript;
  readonly commands: string[];
  readonly notes: string[];
  toolCalls: number;
  /** Of the case's own time, which only commands use. */
  usedMs: number;
  tokens: number | null;
  cpuMs: number | null;
  peakMemoryBytes: number | null;
  isSkillRead: boolean;
  isOutOfMemory: boolean;
};

/** Lets the model work on the case until it says that it is done, or a limit ends it. */
export async function converse(deps: ConverseDeps, task: AgentTask): Promise<AgentRun> {
  const { clock, session } = deps;
  const startedAt = clock.now().getTime();
  const course = startCourse();
  const over = await work(deps, task, { course, endsAt: startedAt + deps.maxCaseMs });
  if (over.kind !== "ended") return over;
  const files: readonly Artifact[] = await session.collect();
  const { transcript, commands, notes, toolCalls, tokens, isSkillRead } = course;
  return {
    kind: "ran",
    end: over.end,
    final: over.final.slice(0, MAX_FINAL_LENGTH).toWellFormed(),
    transcript: transcript.text(),
    commands,
    isSkillRead,
    toolCalls,
    tokens,
    files,
    notes,
    durationMs: clock.now().getTime() - startedAt,
    cpuMs: course.cpuMs,
    peakMemoryBytes: course.peakMemoryBytes,
  };
}

function startCourse(): Course {
  return {
    transcript: createTranscript(),
    commands: [],
    notes: [],
    toolCalls: 0,
    usedMs: 0,
    tokens: 0,
    cpuMs: null,
    peakMemoryBytes: null,
    isSkillRead: false,
    isOutOfMemory: false,
  };
}

type Over =
  | { readonly kind: "ended"; readonly end: AgentTrace["end"]; readonly final: string }
  | Extract<RunResult, { kind: "cancelled" | "errored" }>;

type Progress = { readonly course: Course; readonly endsAt: number };

async function work(deps: ConverseDeps, task: AgentTask, progress: Progress): Promise<Over> {
  const { course, endsAt } = progress;
  const asked = task.of.kind === "agent" ? task.of.prompt : task.of.query;
  const maxTurns = task.of.kind === "agent" ? task.of.maxTurns : TRIGGER_TURNS;
  const watch = createSkillWatch(task.skill?.tar ?? null);
  const messages: Message[] = [{ role: "user", text: asked }];
  course.transcript.add("user", asked);
  let final = "";
  for (let turn = 1; turn <= maxTurns; turn += 1) {
    const timeoutMs = endsAt - deps.clock.now().getTime();
    if (timeoutMs <= 0) return { kind: "errored", because: "the model took too long" };
    const answer = await deps.model.ask({
      system: systemFor(task.skill),
      messages,
      tools: [BASH],
      maxTokens: MAX_ANSWER_TOKENS,
      timeoutMs,
      signal: task.signal,
    });
    const stop = readAnswer(answer, course);
    if (stop !== undefined) return stop;
    if (answer.kind !== "answer") continue;
    final = answer.text;
    if (answer.toolCalls.length === 0) return { kind: "ended", end: "done", final };
    const did = await runCalls(deps.session, task, { calls: answer.toolCalls, course, watch });
    if ("kind" in did) return did;
    messages.push({ role: "assistant", text: answer.text, toolCalls: answer.toolCalls });
    messages.push({ role: "tools", results: did });
    const end = findEnd(task, course);
    if (end !== undefined) return { kind: "ended", end, final };
  }
  course.notes.push(`The agent was stopped after ${maxTurns} turns.`);
  return { kind: "ended", end: "max-turns", final };
}

/** Counts an answer, and says when there is nothing to go on with. */
function readAnswer(answer: Answer, course: Course): Over | undefined {
  if (answer.kind === "unavailable")
    return { kind: "errored", because: `the model failed: ${answer.because}` };
  const { usage } = answer;
  course.tokens =
    usage === null || course.tokens === null
      ? null
      : course.tokens + usage.inputTokens + usage.outputTokens;
  if (answer.kind === "refused") {
    if (answer.by === "endpoint")
      return { kind: "errored", because: `the model failed: ${answer.because}` };
    course.notes.push("The model declined to go on.");
    return { kind: "ended", end: "done", final: "" };
  }
  course.transcript.add("agent", answer.text);
  if (answer.isCut) course.notes.push(`An answer was cut off at ${MAX_ANSWER_TOKENS} tokens.`);
  return undefined;
}

function findEnd({ of }: AgentTask, course: Course): AgentTrace["end"] | undefined {
  if (course.isOutOfMemory) return "oom";
  if (course.usedMs >= of.limits.timeoutMs) return "timeout";
  if (of.kind === "trigger" && course.isSkillRead) return "done";
  if (course.tokens === null || course.tokens < MAX_TOKENS) return undefined;
  course.notes.push(`The agent was stopped after ${MAX_TOKENS} tokens.`);
  return "max-turns";
}

type Calling = {
  readonly calls: readonly ToolCall[];
  readonly course: Course;
  readonly watch: ReturnType<typeof createSkillWatch>;
};

/** Every call gets an answer, since endpoints insist on it; those that are too many or of no form get no run. */
async function runCalls(
  session: Session,
  { of, signal }: AgentTask,
  { calls, course, watch }: Calling,
): Promise<ToolResult[] | Extract<RunResult, { kind: "cancelled" | "errored" }>> {
  const results: ToolResult[] = [];
  for (const [index, call] of calls.entries()) {
    course.toolCalls += 1;
    const refuse = (text: string) => results.push({ id: call.id, text, isError: true });
    const command = readCommand(call);
    const leftMs = of.limits.timeoutMs - course.usedMs;
    if (command.kind === "unfit") refuse(command.because);
    else if (index >= MAX_CALLS_A_TURN) refuse(`Not run: at most ${MAX_CALLS_A_TURN} at once.`);
    else if (leftMs <= 0 || course.isOutOfMemory)
      refuse("Not run: a limit of the case is reached.");
    else {
      if (signal?.aborted === true) return { kind: "cancelled" };
      const { text } = command;
      course.commands.push(toLine(text));
      course.transcript.add("runs", text);
      const ran = await session.run({
        command: ["bash", "-c", text],
        stdin: new Uint8Array(),
        env: of.env,
        timeoutMs: Math.ceil(leftMs),
      });
      if (ran.kind !== "ran") return ran;
      count(course, ran);
      course.isSkillRead ||= watch.isReadBy(ran.stdout.bytes);
      const said = sayResult(ran);
      course.transcript.add("got", said);
      results.push({ id: call.id, text: said, isError: ran.exitCode !== 0 });
    }
  }
  return results;
}

function count(course: Course, ran: Extract<RunResult, { kind: "ran" }>): void {
  course.usedMs += ran.durationMs;
  if (ran.end === "timeout") course.usedMs = Infinity;
  if (ran.end === "oom") course.isOutOfMemory = true;
  if (ran.cpuMs !== null) course.cpuMs = (course.cpuMs ?? 0) + ran.cpuMs;
  if (ran.peakMemoryBytes !== null)
    course.peakMemoryBytes = Math.max(course.peakMemoryBytes ?? 0, ran.peakMemoryBytes);
}
