import { afterEach, describe, expect, it } from "vitest";
import type { Artifact, RunResult, Session } from "@assay/sandbox";
import {
  startModelServer,
  type Fixture,
  type ModelServer,
} from "../../../test/fakes/model-server.ts";
import { encodeUstar } from "../../blobs/index.ts";
import { createModel, type Dialect } from "../../model/index.ts";
import { silentLog, systemClock } from "../../runtime/index.ts";
import { parseEvals } from "../format/parse-evals.ts";
import type { AgentCase, TriggerCase } from "../format/types.ts";
import type { AgentRun, AgentTask } from "../ports.ts";
import { createAgentRunner } from "./create-agent-runner.ts";

const KEY = "sk-agent-0123456789abcdef";
const GUIDE = "Run sh /skill/scripts/count.sh with the file's name.";
const SKILL = `---\nname: count-words\ndescription: Counts the words of a file.\n---\n\n# Count\n\n${GUIDE}\n`;

const open: ModelServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Spec = Parameters<Session["run"]>[0];
type Ran = Extract<RunResult, { kind: "ran" }>;

function ran(stdout: string | Uint8Array, own: Partial<Ran> = {}): Ran {
  const bytes = Buffer.from(stdout);
  const empty = { bytes: new Uint8Array(), totalBytes: 0, isTruncated: false };
  return {
    kind: "ran",
    end: "exit",
    exitCode: 0,
    signal: null,
    stdout: { bytes, totalBytes: bytes.length, isTruncated: false },
    stderr: empty,
    files: [],
    notes: [],
    durationMs: 5,
    cpuMs: 2,
    peakMemoryBytes: 1_000,
    oomKills: 0,
    ...own,
  };
}

/** A session in memory, whose commands come to what the test says. */
function sessionThat(answer: (command: string) => RunResult, files: readonly Artifact[] = []) {
  const specs: Spec[] = [];
  let closed = 0;
  const session: Session = {
    async run(spec) {
      specs.push(spec);
      return answer(spec.command.at(-1) ?? "");
    },
    collect: async () => files,
    attach: () => Promise.reject(new Error("nothing is attached here")),
    async close() {
      closed += 1;
    },
  };
  return { session, specs, closed: () => closed };
}

function caseOf(own: Readonly<Record<string, unknown>>): AgentCase | TriggerCase {
  const reading = parseEvals(Buffer.from(JSON.stringify({ evals: [{ id: "one", ...own }] })), {
    paths: new Set(),
  });
  if (reading.kind !== "suite") throw new Error(JSON.stringify(reading.findings));
  const [found] = reading.suite.cases;
  if (found === undefined || found.kind === "script") throw new Error("no agent case");
  return found;
}

const TAR = encodeUstar([{ path: "SKILL.md", mode: "100644", bytes: Buffer.from(SKILL) }]);
const OFFER = { name: "count-words", description: "Counts the words of a file.", tar: TAR };

type Setting = {
  readonly fixtures: readonly Fixture[];
  readonly of?: Readonly<Record<string, unknown>>;
  readonly commands?: (command: string) => RunResult;
  readonly skill?: AgentTask["skill"];
  readonly dialect?: Dialect;
  readonly signal?: AbortSignal;
};

async function play(setting: Setting) {
  const {
    fixtures,
    dialect = "openai",
    skill = OFFER,
    of = { prompt: "Count the words." },
  } = setting;
  const server = await startModelServer(fixtures);
  open.push(server);
  const wish = { url: server.url, dialect, name: "tiny", apiKey: KEY };
  const model = createModel({ clock: systemClock, log: silentLog }, wish);
  const inside = sessionThat(setting.commands ?? (() => ran("")));
  const opened: unknown[] = [];
  const sandbox = {
    async openSession(spec: unknown) {
      opened.push(spec);
      return inside.session;
    },
  };
  const runner = createAgentRunner({ model, sandbox, clock: systemClock });
  const run: AgentRun = await runner.runAgentCase({
    id: "run-1",
    of: caseOf(of),
    arm: skill === null ? "no-skill" : "with-skill",
    skill,
    inputs: [],
    signal: setting.signal,
  });
  return { run, server, inside, opened };
}

const say = (text: string) => ({ kind: "say", text, tokens: [10, 2] }) as const;
const bash = (...commands: readonly string[]) =>
  ({
    kind: "say",
    calls: commands.map((command) => ({ name: "bash", arguments: { command } })),
    tokens: [10, 2],
  }) as const;

const READS = (command: string) => (command.includes("SKILL.md") ? ran(SKILL) : ran("2\n"));

describe.each<Dialect>(["openai", "anthropic"])("an agent that speaks %s", (dialect) => {
  it("reads the skill, runs what it says, and its way is told", async () => {
    const { run, server, inside } = await play({
      dialect,
      commands: READS,
      fixtures: [
        { turn: 0, reply: bash("cat /skill/SKILL.md") },
        { turn: 1, reply: bash("sh /skill/scripts/count.sh a.txt") },
        { turn: 2, when: ({ last }) => last.includes("2"), reply: say("Two words.") },
      ],
    });
    expect(run).toMatchObject({
      kind: "ran",
      end: "done",
      final: "Two words.",
      commands: ["cat /skill/SKILL.md", "sh /skill/scripts/count.sh a.txt"],
      isSkillRead: true,
      toolCalls: 2,
      tokens: 36,
      cpuMs: 4,
      peakMemoryBytes: 1_000,
    });
    expect(run).toMatchObject({
      transcript: expect.stringContaining("$ sh /skill/scripts/count.sh a.txt"),
    });
    expect(server.asked[1]?.last).toContain(GUIDE);
    expect(inside.closed()).toBe(1);
  });
});

describe("an agent case", () => {
  it("offers the skill by name, description and path, and not by its instructions", async () => {
    const { server } = await play({ fixtures: [{ reply: say("Done.") }] });
    expect(server.asked[0]?.system).toContain("description: Counts the words of a file.");
    expect(server.asked[0]?.system).toContain("/skill/SKILL.md");
    expect(server.asked[0]?.text).not.toContain(GUIDE);
  });

  it("without the skill says nothing of one", async () => {
    const { run, server, opened } = await play({
      skill: null,
      fixtures: [{ reply: say("Done.") }],
    });
    expect(server.asked[0]?.text).not.toMatch(/skill/i);
    expect(opened).toMatchObject([{ skill: null }]);
    expect(run).toMatchObject({ isSkillRead: false });
  });

  it("puts nothing of the endpoint into the sandbox", async () => {
    const { inside, opened, server } = await play({
      fixtures: [{ turn: 0, reply: bash("env") }, { reply: say("Done.") }],
    });
    const given = JSON.stringify([inside.specs, opened]);
    expect(inside.specs).toHaveLength(1);
    expect(given).not.toContain(KEY);
    expect(given).not.toContain(server.url);
  });

  it("that never ends is stopped after the turns that it has", async () => {
    const { run, server } = await play({
      of: { prompt: "Go on.", max_turns: 3 },
      fixtures: [{ reply: bash("true") }],
    });
    expect(run).toMatchObject({ end: "max-turns", toolCalls: 3 });
    expect(server.asked).toHaveLength(3);
  });

  it("that reads and writes too many tokens is stopped", async () => {
    const { run } = await play({
      fixtures: [{ reply: { ...bash("true"), tokens: [499_000, 2_000] } }],
    });
    expect(run).toMatchObject({ end: "max-turns", tokens: 501_000 });
  });

  it("whose commands use up its time is a timeout, and no further command is run", async () => {
    const { run, inside } = await play({
      commands: () => ran("", { end: "timeout", exitCode: null, durationMs: 30_000 }),
      fixtures: [{ reply: bash("sleep 99", "echo later") }],
    });
    expect(run).toMatchObject({ end: "timeout", commands: ["sleep 99"] });
    expect(inside.specs).toHaveLength(1);
  });

  it("gives each command only what is left of the time", async () => {
    const { inside } = await play({
      of: { prompt: "Go.", limits: { timeout: "10s" } },
      commands: () => ran("", { durationMs: 4_000 }),
      fixtures: [{ turn: 0, reply: bash("a", "b") }, { reply: say("Done.") }],
    });
    expect(inside.specs.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 6_000]);
  });

  it("whose command is out of memory ends so", async () => {
    const { run } = await play({
      commands: () => ran("", { end: "oom", exitCode: null }),
      fixtures: [{ reply: bash("eat") }],
    });
    expect(run).toMatchObject({ kind: "ran", end: "oom" });
  });

  it("tells the model of calls that are of no form, and goes on", async () => {
    const { run, inside, server } = await play({
      fixtures: [
        {
          turn: 0,
          reply: {
            kind: "say",
            calls: [
              { name: "browse", arguments: {} },
              { name: "bash", arguments: "{" },
              { name: "bash", arguments: { command: 7 } },
            ],
          },
        },
        { reply: say("Done.") },
      ],
    });
    expect(run).toMatchObject({ end: "done", toolCalls: 3, commands: [] });
    expect(inside.specs).toEqual([]);
    expect(server.asked[1]?.text).toContain("There is no such tool");
  });

  it("shows the model a bounded output without control characters", async () => {
    const noise = `\u001b[31mred\u001b[0m\u0007${"x".repeat(500_000)}end`;
    const { server, run } = await play({
      commands: () => ran(noise),
      fixtures: [{ turn: 0, reply: bash("noise") }, { reply: say("Done.") }],
    });
    const told = server.asked[1]?.last ?? "";
    expect(told).toMatch(/^red/);
    expect(told).toContain("characters left out");
    expect(told).toContain("end\n(exit status 0)");
    expect(told.length).toBeLessThan(13_000);
    expect(told).not.toMatch(/[^\P{Cc}\n]/u);
    expect(run).toMatchObject({ transcript: expect.not.stringMatching(/[^\P{Cc}\n]/u) });
  });

  it("with an endpoint that fails is our fault, and no failure of the skill", async () => {
    const { run, inside } = await play({ fixtures: [{ reply: { kind: "status", status: 401 } }] });
    expect(run).toMatchObject({ kind: "errored" });
    expect(inside.closed()).toBe(1);
  });

  it("with an engine that fails is our fault too", async () => {
    const { run } = await play({
      commands: () => ({ kind: "errored", because: "the engine hung up" }),
      fixtures: [{ reply: bash("true") }],
    });
    expect(run).toEqual({ kind: "errored", because: "the engine hung up" });
  });

  it("in which the model declines is a run without a result", async () => {
    const { run } = await play({ fixtures: [{ reply: { kind: "say", end: "declined" } }] });
    expect(run).toMatchObject({ kind: "ran", final: "", notes: ["The model declined to go on."] });
  });

  it("that is cancelled while the model thinks is cancelled, and its container is gone", async () => {
    const cancel = new AbortController();
    const { run, inside } = await play({
      signal: cancel.signal,
      fixtures: [
        {
          reply: () => {
            cancel.abort();
            return { kind: "hang" };
          },
        },
      ],
    });
    expect(run).toEqual({ kind: "cancelled" });
    expect(inside.closed()).toBe(1);
  });
});

describe("a trigger case", () => {
  const of = { query: "How many words are in a.txt?", should_trigger: true };

  it("is over as soon as the skill is read, by whatever command", async () => {
    const { run, server } = await play({
      of,
      commands: () => ran(`     1\t---\n    8\t${GUIDE}\n`),
      fixtures: [{ reply: bash("nl /skill/S*") }],
    });
    expect(run).toMatchObject({ end: "done", isSkillRead: true });
    expect(server.asked).toHaveLength(1);
  });

  it("in which the agent only names the file has not read it", async () => {
    const { run } = await play({
      of,
      commands: () => ran("SKILL.md\n"),
      fixtures: [{ turn: 0, reply: bash("ls /skill # SKILL.md") }, { reply: say("Two.") }],
    });
    expect(run).toMatchObject({ end: "done", isSkillRead: false });
  });
});
