import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Sandbox } from "@assay/sandbox";
import { openForTest } from "../../../../sandbox/test/engine.ts";
import { startModelServer, type ModelServer } from "../../../test/fakes/model-server.ts";
import { encodeUstar } from "../../blobs/index.ts";
import { createModel } from "../../model/index.ts";
import { silentLog, systemClock } from "../../runtime/index.ts";
import type { AgentCase } from "../format/types.ts";
import { createAgentRunner } from "./create-agent-runner.ts";

const KEY = "sk-engine-0123456789abcdef";
const SKILL =
  "---\nname: sum\ndescription: Adds.\n---\n\nRun python3 /skill/sum.py with numbers.\n";

let sandbox: Sandbox;
let server: ModelServer;
beforeAll(async () => {
  sandbox = await openForTest();
  const bash = (command: string) =>
    ({ kind: "say", calls: [{ name: "bash", arguments: { command } }] }) as const;
  server = await startModelServer([
    { turn: 0, reply: bash("cat /skill/SKILL.md; cat in.txt") },
    { turn: 1, reply: bash("python3 /skill/sum.py 40 2 > out.txt; env; cat out.txt") },
    { turn: 2, reply: ({ last }) => ({ kind: "say", text: `It is ${last.split("\n").at(-2)}.` }) },
  ]);
}, 300_000);
afterAll(async () => {
  await server?.close();
  await sandbox?.close();
});

it("an agent's commands run in one container that keeps its files, and the key is not in it", async () => {
  const wish = { url: server.url, dialect: "anthropic", name: "tiny", apiKey: KEY } as const;
  const model = createModel({ clock: systemClock, log: silentLog }, wish);
  const of: AgentCase = {
    kind: "agent",
    id: "sum",
    name: "sum",
    tags: [],
    skip: null,
    isRequired: false,
    limits: DEFAULT_LIMITS,
    trials: 1,
    pass: { kind: "all" },
    retries: 0,
    env: {},
    inputs: [],
    graders: [],
    line: 1,
    prompt: "Add 40 and 2.",
    baseline: "none",
    maxTurns: 5,
  };
  const file = (path: string, text: string) =>
    ({ path, mode: "100644", bytes: Buffer.from(text) }) as const;
  const program = "import sys\nprint(sum(map(int, sys.argv[1:])))\n";
  const tar = encodeUstar([file("SKILL.md", SKILL), file("sum.py", program)]);
  const run = await createAgentRunner({ model, sandbox, clock: systemClock }).runAgentCase({
    id: "agent-test",
    of,
    arm: "with-skill",
    skill: { name: "sum", description: "Adds.", tar },
    inputs: [{ path: "in.txt", content: Buffer.from("laid in"), isExecutable: false }],
    signal: undefined,
  });
  expect(run).toMatchObject({ kind: "ran", end: "done", final: "It is 42.", isSkillRead: true });
  expect(run).toMatchObject({
    files: expect.arrayContaining([
      expect.objectContaining({ path: "out.txt", content: Buffer.from("42\n") }),
    ]),
    transcript: expect.stringContaining("laid in"),
  });
  expect(run).toMatchObject({ transcript: expect.stringContaining("SKILL_DIR=") });
  expect(run).toMatchObject({ transcript: expect.not.stringContaining(KEY) });
});
