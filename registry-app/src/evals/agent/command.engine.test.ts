import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Sandbox } from "@assay/sandbox";
import { openForTest } from "../../../../sandbox/test/engine.ts";
import {
  startModelServer,
  type Fixture,
  type ModelServer,
} from "../../../test/fakes/model-server.ts";
import { describeWith } from "../../../test/needs.ts";
import { encodeUstar } from "../../blobs/index.ts";
import { createForwarder } from "../../model/index.ts";
import { systemClock } from "../../runtime/index.ts";
import type { AgentCase, TriggerCase } from "../format/types.ts";
import type { AgentTask } from "../ports.ts";
import { createCommandRunner, type Harness } from "./create-command-runner.ts";

const KEY = "sk-harness-0123456789abcdef";
const GUIDE = "Run python3 /skill/sum.py with numbers.";

/** What a command-line agent does, in a few lines: asks, runs what it is told to, and says the last answer. */
const AGENT = `
import json, os, subprocess, sys, urllib.request
messages = [{"role": "user", "content": sys.stdin.read()}]
while True:
    body = json.dumps({"model": "whatever", "max_tokens": 99, "messages": messages}).encode()
    asked = urllib.request.Request(os.environ["AGENT_URL"] + "/v1/messages?beta=true", body, {"content-type": "application/json", "x-api-key": "none"})
    said = json.load(urllib.request.urlopen(asked))
    messages.append({"role": "assistant", "content": said["content"]})
    calls = [one for one in said["content"] if one["type"] == "tool_use"]
    if not calls:
        print(said["content"][0]["text"])
        break
    results = []
    for call in calls:
        ran = subprocess.run(["bash", "-c", call["input"]["command"]], capture_output=True, text=True)
        results.append({"type": "tool_result", "tool_use_id": call["id"], "content": ran.stdout + ran.stderr})
    messages.append({"role": "user", "content": results})
`;
const HARNESS: Harness = {
  name: "tiny-agent",
  command: ["python3", "-c", AGENT],
  env: { AGENT_URL: "{model_url}" },
  skills: null,
};
const COMMON = {
  id: "sum",
  name: "sum",
  tags: [],
  skip: null,
  isRequired: false,
  limits: { ...DEFAULT_LIMITS, timeoutMs: 5_000 },
  trials: 1,
  pass: { kind: "all" },
  retries: 0,
  env: {},
  inputs: [],
  graders: [],
  line: 1,
} as const;
const TASK: AgentCase = {
  ...COMMON,
  kind: "agent",
  prompt: "Add 40 and 2.",
  baseline: "none",
  maxTurns: 5,
};
const QUERY: TriggerCase = { ...COMMON, kind: "trigger", query: "40 and 2?", shouldTrigger: true };

const file = (path: string, text: string) =>
  ({ path, mode: "100644", bytes: Buffer.from(text) }) as const;
const SKILL = {
  name: "sum",
  description: "Adds numbers.",
  tar: encodeUstar([
    file("SKILL.md", `---\nname: sum\ndescription: Adds numbers.\n---\n\n${GUIDE}\n`),
    file("sum.py", "import sys\nprint(sum(map(int, sys.argv[1:])))\n"),
  ]),
};
const bash = (command: string) =>
  ({ kind: "say", calls: [{ name: "bash", arguments: { command } }] }) as const;

let sandbox: Sandbox;
let server: ModelServer | undefined;
beforeAll(async () => {
  sandbox = await openForTest();
}, 600_000);
afterEach(() => server?.close());
afterAll(() => sandbox?.close());

type Own = { readonly harness?: Partial<Harness> } & Partial<AgentTask>;

async function play(fixtures: readonly Fixture[], own: Own = {}) {
  server = await startModelServer(fixtures);
  return runAt(server.url, own);
}

async function runAt(url: string, { harness, ...task }: Own) {
  const wish = { url, dialect: "anthropic", name: "big-1", apiKey: KEY } as const;
  const runner = createCommandRunner({
    harness: { ...HARNESS, ...harness },
    forwarder: createForwarder(wish),
    sandbox,
    clock: systemClock,
  });
  return runner.runAgentCase({
    id: "command-test",
    of: TASK,
    arm: "with-skill",
    skill: SKILL,
    inputs: [{ path: "in.txt", content: Buffer.from("laid in"), isExecutable: false }],
    signal: undefined,
    ...task,
  });
}

describeWith("docker")("an agent that is a program of the container's", () => {
  it("reaches its model though there is no network, and the key is not inside", async () => {
    const run = await play([
      { turn: 0, reply: bash("cat /skill/SKILL.md in.txt") },
      { turn: 1, reply: bash("python3 /skill/sum.py 40 2 > out.txt; env; ls /sys/class/net") },
      { turn: 2, reply: { kind: "say", text: "It is 42." } },
    ]);
    expect(run).toMatchObject({
      kind: "ran",
      end: "done",
      final: "It is 42.",
      isSkillRead: true,
      toolCalls: 2,
      commands: [
        "cat /skill/SKILL.md in.txt",
        "python3 /skill/sum.py 40 2 > out.txt; env; ls /sys/class/net",
      ],
      files: expect.arrayContaining([
        expect.objectContaining({ path: "out.txt", content: Buffer.from("42\n") }),
      ]),
      transcript: expect.stringContaining("laid in"),
      notes: ["The agent was tiny-agent, with anthropic:big-1."],
    });
    const [first] = server?.asked ?? [];
    expect(first?.headers["x-api-key"]).toBe(KEY);
    // Whatever the agent asks for, the operator's model is asked.
    expect(first?.body["model"]).toBe("big-1");
    expect(first?.text).toContain("description: Adds numbers.");
    const inside = server?.asked.map(({ text }) => text).join("\n") ?? "";
    expect([inside.includes("AGENT_URL=http://127.0.0.1:"), inside.includes(KEY)]).toEqual([
      true,
      false,
    ]);
    expect(inside).toMatch(/"lo\\n"|\\nlo\\n/);
  });

  it("finds the skill where it looks for skills, and is not told of it in words then", async () => {
    const run = await play(
      [
        { turn: 0, reply: bash("cat /home/.agent/skills/sum/SKILL.md") },
        { turn: 1, reply: { kind: "say", text: "Read." } },
      ],
      { harness: { skills: "/home/.agent/skills" } },
    );
    expect(run).toMatchObject({ kind: "ran", final: "Read.", isSkillRead: true });
    expect(server?.asked[0]?.last).toBe(TASK.prompt);
  });

  it("is ended in a case of choosing as soon as the skill is read", async () => {
    const run = await play(
      [{ turn: 0, reply: bash("cat /skill/SKILL.md") }, { reply: { kind: "hang" } }],
      {
        of: QUERY,
      },
    );
    expect(run).toMatchObject({ kind: "ran", end: "done", isSkillRead: true });
  });

  it("is ended when its own time is used up", async () => {
    const limits = { ...DEFAULT_LIMITS, timeoutMs: 1_500 };
    const run = await play([{ reply: bash("sleep 30") }], { of: { ...TASK, limits } });
    expect(run).toMatchObject({ kind: "ran", end: "timeout" });
  });

  it("hears its model while that still speaks, and is not charged with the time that it takes", async () => {
    const heard = Promise.withResolvers<void>();
    const slow = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
      // Only once the agent has said that it has the first part.
      const later = setTimeout(() => response.end("data: too late\n\n"), 20_000);
      void heard.promise.then(() => {
        clearTimeout(later);
        setTimeout(() => response.end("data: two\n\n"), 2_000);
      });
    });
    slow.on("request", ({ url }) => url === "/v1/messages/count_tokens" && heard.resolve());
    slow.listen(0, "127.0.0.1");
    await once(slow, "listening");
    const address = slow.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const program = `import os, threading, urllib.request
base = os.environ["AGENT_URL"] + "/v1/messages"
said = urllib.request.urlopen(urllib.request.Request(base, b"{}", {}))
first = said.readline()
threading.Thread(target=lambda: urllib.request.urlopen(urllib.request.Request(base + "/count_tokens", b"{}", {})), daemon=True).start()
print(first, said.headers["content-type"], said.read())
`;
    try {
      const run = await runAt(`http://127.0.0.1:${port}`, {
        of: { ...TASK, limits: { ...DEFAULT_LIMITS, timeoutMs: 1_500 } },
        harness: { command: ["python3", "-c", program] },
      });
      expect(run).toMatchObject({ kind: "ran", end: "done" });
      expect(run).toMatchObject({
        final: "b'data: one\\n' text/event-stream b'\\ndata: two\\n\\n'",
      });
    } finally {
      slow.closeAllConnections();
      slow.close();
    }
  });

  it.each([
    ["whose model fails", { kind: "status", status: 401 }, {}, /the model failed: .*401/],
    ["whose endpoint hangs up", { kind: "hang-up" }, {}, /the model failed/],
    [
      "that fails by itself",
      { kind: "say", text: "" },
      { command: ["sh", "-c", "echo broken >&2; exit 3"] },
      /ended with status 3: broken/,
    ],
    ["that is not there", { kind: "say", text: "" }, { command: ["no-such-agent"] }, /status 127/],
  ] as const)("%s gives no verdict on the skill", async (_, reply, harness, because) => {
    const run = await play([{ reply }], { harness });
    expect(run).toMatchObject({ kind: "errored", because: expect.stringMatching(because) });
  });

  it("and code of the skill reach nothing but the model's own questions, and only so often", async () => {
    const probe = `import os, urllib.request, urllib.error
base = os.environ["AGENT_URL"]
def post(path):
    try:
        return urllib.request.urlopen(urllib.request.Request(base + path, b'{"messages": []}', {})).status
    except urllib.error.HTTPError as error:
        return error.code
print([post("/v1/files"), post("/../../etc"), post("/v1/chat/completions")])
print(sorted({post("/v1/messages") for _ in range(198)}))
`;
    const run = await play([{ reply: { kind: "say", text: "Yes." } }], {
      harness: { command: ["python3", "-c", probe] },
    });
    expect(run).toMatchObject({ kind: "ran", final: "[404, 404, 404]\n[200, 403]" });
    expect(server?.asked.length).toBe(197);
  });

  it("ends with the case that is no longer wanted", async () => {
    const stop = new AbortController();
    const running = play([{ reply: { kind: "hang" } }], { signal: stop.signal });
    setTimeout(() => stop.abort(), 2_000);
    expect(await running).toEqual({ kind: "cancelled" });
  });
});
