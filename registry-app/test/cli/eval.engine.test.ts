import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dockerHost, getImage } from "../../../sandbox/test/engine.ts";
import { startModelServer, type Fixture, type ModelServer } from "../fakes/model-server.ts";
import { describeWith } from "../needs.ts";
import { byCase, runCli } from "./run-cli.ts";

const KEY = "sk-author-0123456789abcdef";
const SKILL =
  "---\nname: sum\ndescription: Adds. Use when numbers are to be added.\nlicense: MIT\n---\n\nRun `sh /skill/sum.sh A B`.\n";
const EVALS = {
  evals: [
    {
      id: "adds",
      prompt: "Add 40 and 2 into out.txt.",
      graders: [
        { type: "text", target: "file:out.txt", expect: { equals: "42\n" } },
        { type: "trace", skill_read: true },
        { type: "llm", criteria: ["Says the sum"], required: true },
      ],
    },
    { id: "is-chosen", query: "What is 40 and 2?", should_trigger: true },
    { id: "is-left", query: "Sing for me.", should_trigger: false },
  ],
};
const bash = (command: string) =>
  ({ kind: "say", calls: [{ name: "bash", arguments: { command } }] }) as const;
const VERDICT = { results: [{ passed: true, evidence: "The sum is 42" }] };
const SCRIPT: readonly Fixture[] = [
  {
    when: ({ text }) => text.includes("Says the sum"),
    reply: { kind: "say", text: JSON.stringify(VERDICT) },
  },
  {
    when: ({ text }) => text.includes("Sing for me"),
    reply: { kind: "say", text: "La." },
  },
  { turn: 0, reply: bash("cat /skill/SKILL.md") },
  { turn: 1, reply: bash("sh /skill/sum.sh 40 2 > out.txt; env") },
  { turn: 2, reply: { kind: "say", text: "The sum is 42." } },
];
let root: string;
let server: ModelServer;

/** A command-line agent that reads its task, looks at the skill where it is told, and says what its model says. */
const AGENT = `
import json, os, sys, urllib.request
task = sys.stdin.read()
guide = open("/skill/SKILL.md").read()
call = {"type": "tool_use", "id": "1", "name": "Read", "input": {"path": "/skill/SKILL.md"}}
done = {"type": "tool_result", "tool_use_id": "1", "content": guide}
messages = [{"role": "user", "content": task}, {"role": "assistant", "content": [call]}, {"role": "user", "content": [done]}]
body = json.dumps({"messages": messages}).encode()
said = json.load(urllib.request.urlopen(urllib.request.Request(os.environ["URL"] + "/v1/messages", body, {})))
open("out.txt", "w").write("42\\n")
print(said["content"][0]["text"])
`;
let image: string;

beforeAll(async () => {
  image = await getImage();
  root = await mkdtemp(join(tmpdir(), "assay-eval-agent-"));
  await mkdir(join(root, "sum", "evals"), { recursive: true });
  await writeFile(join(root, "sum", "SKILL.md"), SKILL);
  await writeFile(join(root, "sum", "sum.sh"), "echo $(($1 + $2))\n");
  await writeFile(join(root, "sum", "evals", "evals.json"), JSON.stringify(EVALS));
  await writeFile(join(root, "key"), KEY);
  await chmod(join(root, "key"), 0o600);
  server = await startModelServer(SCRIPT);
}, 600_000);
afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

describeWith("docker")("eval, with a model that the environment names,", () => {
  it("runs an author's cases for an agent in the sandbox, and the key is not in it", async () => {
    const env = {
      ...(dockerHost !== undefined && { DOCKER_HOST: dockerHost }),
      MODEL_URL: server.url,
      MODEL_NAME: "tiny",
      MODEL_DIALECT: "anthropic",
      MODEL_KEY_FILE: join(root, "key"),
    };
    const ran = await runCli(["eval", "sum", "--json"], { cwd: root, env });
    expect(ran.stderr).not.toContain("no model");
    expect(byCase(ran.lines())).toMatchObject([
      { case: "adds", kind: "agent", status: "passed", isolation: { kind: "docker" } },
      { case: "is-chosen", kind: "trigger", status: "passed" },
      { case: "is-left", kind: "trigger", status: "passed" },
    ]);
    expect(ran.code).toBe(0);
    expect(server.asked[0]?.headers["x-api-key"]).toBe(KEY);
    const said = server.asked.map(({ text }) => text).join("\n");
    expect([said.includes("SKILL_DIR="), said.includes(KEY)]).toEqual([true, false]);
  });

  it("has a command-line agent work on them, where a harness names one, in the image that it names", async () => {
    const harness = {
      name: "tiny",
      image,
      command: ["python3", "-c", AGENT],
      env: { URL: "{model_url}" },
    };
    await writeFile(join(root, "harness.json"), JSON.stringify(harness));
    const agents = await startModelServer([
      {
        when: ({ text }) => text.includes("Says the sum") && !text.includes("tool_result"),
        reply: { kind: "say", text: JSON.stringify(VERDICT) },
      },
      { reply: { kind: "say", text: "The sum is 42." } },
    ]);
    const env = {
      ...(dockerHost !== undefined && { DOCKER_HOST: dockerHost }),
      MODEL_URL: agents.url,
      MODEL_NAME: "tiny",
      MODEL_DIALECT: "anthropic",
      ASSAY_HARNESS_FILE: join(root, "harness.json"),
    };
    const ran = await runCli(["eval", "sum", "--case", "adds", "--json"], { cwd: root, env });
    await agents.close();
    expect(ran.lines()).toMatchObject([
      { case: "adds", status: "passed", isolation: { kind: "docker", image } },
    ]);
    expect(agents.asked[0]?.last).toContain("Run `sh /skill/sum.sh A B`.");
  });
});
