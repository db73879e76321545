import { hash } from "node:crypto";
import type { Artifact, RunResult, Sandbox, Session } from "@assay/sandbox";
import type { Forwarder } from "../../model/index.ts";
import type { Clock } from "../../runtime/index.ts";
import type { AgentRun, AgentRunner, AgentTask, AgentTrace } from "../ports.ts";
import { inSession, MAX_CASE_MS } from "./in-session.ts";
import { openRelay, type Relay } from "./open-relay.ts";
import { offerInWords } from "./say.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

/** A command-line agent, as the operator describes it. */
export type Harness = {
  readonly name: string;
  /** Runs in /work and reads the task on its standard input; what it writes there is its answer. */
  readonly command: readonly string[];
  /** `{model_url}` and `{model_name}` stand for the model, here and in the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the agent looks for skills; null when the task is to say where the skill is. */
  readonly skills: string | null;
};

export type CommandDeps = {
  readonly harness: Harness;
  readonly forwarder: Forwarder;
  readonly sandbox: Pick<Sandbox, "openSession">;
  readonly clock: Clock;
};

/** Goes up with every change of how such an agent is run and what is read out of it. */
const HARNESS = "command-1";
const MAX_QUESTIONS = 200;
/** Whether a skill is chosen shows early. */
const MAX_TRIGGER_QUESTIONS = 12;
const LOOK_EVERY_MS = 200;
const MAX_FINAL_LENGTH = 100_000;
const MAX_SAID_LENGTH = 300;

/**
 * Runs agent and trigger cases by an agent that is a program, inside the container of the case. It has no network: its
 * model is on loopback, where every question is handed out and asked from here, with a key that is never inside.
 */
export function createCommandRunner(deps: CommandDeps): AgentRunner {
  const { harness, forwarder, sandbox } = deps;
  const settings = hash("sha256", JSON.stringify(harness), "hex").slice(0, 16);
  return {
    id: `${HARNESS} ${harness.name} ${settings} ${forwarder.id}`,
    runAgentCase: (task) => inSession(sandbox, task, (session) => runAgent(deps, session, task)),
  };
}

async function runAgent(deps: CommandDeps, session: Session, task: AgentTask): Promise<AgentRun> {
  const { clock, forwarder } = deps;
  const startedMs = clock.now().getTime();
  const asked = task.of.kind === "agent" ? task.of.prompt : task.of.query;
  const traffic = createTraffic(asked, task.skill?.tar ?? null);
  const stop = new AbortController();
  const cancel = () => stop.abort();
  task.signal?.addEventListener("abort", cancel, { once: true });
  try {
    const relay = await openRelay({
      forwarder,
      session,
      clock,
      onQuestion: traffic.read,
      maxQuestions: task.of.kind === "agent" ? MAX_QUESTIONS : MAX_TRIGGER_QUESTIONS,
      signal: stop.signal,
    });
    await offer(deps.harness, session, task);
    const watch = watchOver(deps, { session, task, relay, traffic });
    const ran = await session.run(toRun(deps, relay, task, asked)).finally(watch.close);
    const { ended } = watch;
    const over = ended() ?? judge(ran, relay);
    if (typeof over === "object") return over;
    const files = ended() === undefined ? await session.collect() : [];
    const by = `The agent was ${deps.harness.name}, with ${forwarder.id}.`;
    return toTrace({ over, ran, traffic, files, by }, clock.now().getTime() - startedMs);
  } finally {
    task.signal?.removeEventListener("abort", cancel);
    stop.abort();
  }
}

/** Puts the skill where the agent looks for skills. */
async function offer({ skills }: Harness, session: Session, { skill }: AgentTask): Promise<void> {
  if (skills === null || skill === null) return;
  const place = 'mkdir -p "$1" && ln -s /skill "$1/$2"';
  const ran = await session.run({
    command: ["bash", "-c", place, "offer", skills, skill.name],
    stdin: new Uint8Array(),
    env: {},
    timeoutMs: 10_000,
  });
  if (ran.kind !== "ran" || ran.exitCode !== 0) throw new Error("the skill could not be offered");
}

function toRun({ harness, forwarder }: CommandDeps, relay: Relay, task: AgentTask, asked: string) {
  const fill = (text: string) =>
    text.replaceAll("{model_url}", relay.url).replaceAll("{model_name}", forwarder.modelName);
  const own = Object.entries(harness.env).map(([name, value]) => [name, fill(value)]);
  const isFound = task.skill === null || harness.skills !== null;
  const told = task.skill === null || isFound ? asked : `${offerInWords(task.skill)}\n\n${asked}`;
  return {
    command: harness.command.map(fill),
    stdin: Buffer.from(told),
    env: { ...task.of.env, ...Object.fromEntries(own) },
    timeoutMs: MAX_CASE_MS,
  };
}

type Watched = {
  readonly session: Session;
  readonly task: AgentTask;
  readonly relay: Relay;
  readonly traffic: Traffic;
};

/** Ends the case when its own time is used up, which is what passes while nobody waits for the model, or all is known. */
function watchOver({ clock }: CommandDeps, { session, task, relay, traffic }: Watched) {
  const startedMs = clock.now().getTime();
  let ended: "timeout" | "done" | undefined;
  const timer = setInterval(() => {
    const ownMs = clock.now().getTime() - startedMs - relay.waitedMs();
    if (ownMs > task.of.limits.timeoutMs) ended ??= "timeout";
    else if (task.of.kind === "trigger" && traffic.isSkillRead()) ended ??= "done";
    else return;
    clearInterval(timer);
    session.close().catch(() => undefined);
  }, LOOK_EVERY_MS);
  return { ended: () => ended, close: () => clearInterval(timer) };
}

/** What the end of the agent's program says; an agent that failed says nothing of the skill. */
function judge(
  ran: RunResult,
  relay: Relay,
): AgentTrace["end"] | Extract<AgentRun, { kind: "cancelled" | "errored" }> {
  if (ran.kind !== "ran") return ran;
  if (ran.end === "oom") return "oom";
  if (ran.end === "timeout") return { kind: "errored", because: "the model took too long" };
  if (ran.end === "exit" && ran.exitCode === 0) return "done";
  if (relay.isUsedUp()) return "max-turns";
  const failure = relay.failure();
  if (failure !== undefined) return { kind: "errored", because: `the model failed: ${failure}` };
  const said = Buffer.from(ran.stderr.bytes).toString("utf8").trim().slice(-MAX_SAID_LENGTH);
  const how = ran.end === "exit" ? `with status ${ran.exitCode}` : `by ${ran.end}`;
  return { kind: "errored", because: `the agent ended ${how}: ${said.toWellFormed()}` };
}

type Course = {
  readonly over: AgentTrace["end"];
  readonly ran: RunResult;
  readonly traffic: Traffic;
  readonly files: readonly Artifact[];
  /** Says who worked on it. */
  readonly by: string;
};

function toTrace({ over, ran, traffic, files, by }: Course, durationMs: number): AgentTrace {
  const known = ran.kind === "ran" ? ran : undefined;
  const said = Buffer.from(known?.stdout.bytes ?? []).toString("utf8");
  const final = said.trim().slice(0, MAX_FINAL_LENGTH).toWellFormed();
  const isUsedUp = over === "max-turns";
  return {
    kind: "ran",
    end: over,
    final,
    transcript: [traffic.transcript(), `agent: ${final}`].join("\n\n"),
    commands: traffic.commands,
    isSkillRead: traffic.isSkillRead(),
    toolCalls: traffic.toolCalls(),
    tokens: null,
    files,
    notes: isUsedUp ? [by, "It had no more questions to its model left."] : [by],
    durationMs,
    cpuMs: known?.cpuMs ?? null,
    peakMemoryBytes: known?.peakMemoryBytes ?? null,
  };
}
