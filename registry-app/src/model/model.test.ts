import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLog, systemClock } from "../runtime/index.ts";
import { startModelServer, type Fixture, type ModelServer } from "../../test/fakes/model-server.ts";
import { askForJson, createModel, type Dialect, type Question } from "./index.ts";

const KEY = "sk-test-0123456789abcdef";
const DIALECTS: readonly Dialect[] = ["openai", "anthropic"];
const NOW = { "retry-after": "0" };

const open: ModelServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(dialect: Dialect, fixtures: readonly Fixture[], apiKey: string | null = KEY) {
  const server = await startModelServer(fixtures);
  open.push(server);
  const lines: string[] = [];
  const log = createLog("debug", (line) => lines.push(line));
  const deps = { clock: systemClock, log };
  const model = createModel(deps, { url: server.url, dialect, name: "tiny", apiKey });
  return { server, model, lines };
}

const QUESTION: Question = {
  system: "You are asked.",
  messages: [{ role: "user", text: "What is it?" }],
  maxTokens: 100,
  timeoutMs: 20_000,
};

describe.each(DIALECTS)("a model in the dialect of %s", (dialect) => {
  it("gets system, question and key, and its words and tokens come back", async () => {
    const { server, model } = await start(dialect, [
      { reply: { kind: "say", text: "It is tea.", tokens: [12, 3] } },
    ]);
    expect(await model.ask(QUESTION)).toEqual({
      kind: "answer",
      text: "It is tea.",
      toolCalls: [],
      isCut: false,
      usage: { inputTokens: 12, outputTokens: 3 },
    });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ dialect, system: "You are asked.", last: "What is it?" });
    expect(asked?.headers[dialect === "openai" ? "authorization" : "x-api-key"]).toContain(KEY);
    expect(asked?.text).not.toContain(KEY);
  });

  it("calls a tool, is told what came of it, and goes on from there", async () => {
    const tool = { name: "bash", description: "Runs.", parameters: { type: "object" } };
    const { server, model } = await start(dialect, [
      {
        turn: 0,
        reply: {
          kind: "say",
          text: "Look.",
          calls: [{ name: "bash", arguments: { command: "ls" } }],
        },
      },
      { turn: 1, reply: { kind: "say", text: "Done." } },
    ]);
    const first = await model.ask({ ...QUESTION, tools: [tool] });
    if (first.kind !== "answer") throw new Error(first.kind);
    const [call] = first.toolCalls;
    expect(call).toMatchObject({ name: "bash", arguments: { command: "ls" } });
    const second = await model.ask({
      ...QUESTION,
      tools: [tool],
      messages: [
        ...QUESTION.messages,
        { role: "assistant", text: first.text, toolCalls: first.toolCalls },
        { role: "tools", results: [{ id: call?.id ?? "", text: "a.txt", isError: false }] },
      ],
    });
    expect(second).toMatchObject({ kind: "answer", text: "Done." });
    expect(server.asked[1]).toMatchObject({ turn: 1, last: "a.txt" });
  });

  it("that declines is a refusal of the model, not an answer", async () => {
    const { model } = await start(dialect, [{ reply: { kind: "say", end: "declined" } }]);
    expect(await model.ask(QUESTION)).toMatchObject({ kind: "refused", by: "model" });
  });

  it("that was cut off by the length says so", async () => {
    const { model } = await start(dialect, [{ reply: { kind: "say", text: "It", end: "length" } }]);
    expect(await model.ask(QUESTION)).toMatchObject({ kind: "answer", isCut: true });
  });

  it("that is busy is asked again when it says, and answers", async () => {
    const { server, model } = await start(dialect, [
      { times: 2, reply: { kind: "status", status: 429, headers: NOW } },
      { reply: { kind: "say", text: "Now." } },
    ]);
    expect(await model.ask(QUESTION)).toMatchObject({ kind: "answer", text: "Now." });
    expect(server.asked).toHaveLength(3);
  });
});

it("an endpoint that stays broken is asked four times and is then unavailable", async () => {
  const broken = { kind: "status", status: 503, headers: NOW } as const;
  const { server, model } = await start("openai", [{ reply: broken }]);
  expect(await model.ask(QUESTION)).toEqual({
    kind: "unavailable",
    because: "the endpoint answers 503",
  });
  expect(server.asked).toHaveLength(4);
});

it("an endpoint that wants to be left alone for an hour is not waited for", async () => {
  const later = { kind: "status", status: 429, headers: { "retry-after": "3600" } } as const;
  const { server, model } = await start("openai", [{ reply: later }]);
  expect((await model.ask(QUESTION)).kind).toBe("unavailable");
  expect(server.asked).toHaveLength(1);
});

it.each<[string, Fixture["reply"], string]>([
  ["garbage", { kind: "raw", body: "<html>" }, "not of the configured dialect"],
  ["JSON of another form", { kind: "raw", body: "{}" }, "not of the configured dialect"],
  ["bytes without an end", { kind: "flood" }, "larger than"],
  [
    "a redirect",
    { kind: "status", status: 307, headers: { location: "http://127.0.0.1:1/" } },
    "redirects",
  ],
  ["a wrong key", { kind: "status", status: 401 }, "does not take the key"],
])(
  "%s from the endpoint is no answer and is not asked for again",
  async (_what, reply, because) => {
    const { server, model } = await start("openai", [{ reply }]);
    const answer = await model.ask(QUESTION);
    expect(answer).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(answer)).toContain(because);
    expect(server.asked).toHaveLength(1);
  },
);

it("an endpoint that never answers is given up when the time of the question is over", async () => {
  const { model } = await start("openai", [{ reply: { kind: "hang" } }]);
  expect(await model.ask({ ...QUESTION, timeoutMs: 50 })).toEqual({
    kind: "unavailable",
    because: "no answer within 1 s",
  });
});

it("a question that is cancelled ends at once", async () => {
  const cancel = new AbortController();
  const { model } = await start("openai", [
    {
      reply: () => {
        cancel.abort();
        return { kind: "hang" };
      },
    },
  ]);
  const answer = await model.ask({ ...QUESTION, signal: cancel.signal });
  expect(answer).toEqual({ kind: "unavailable", because: "it was cancelled" });
});

it("a line that is cut is tried again", async () => {
  const { model } = await start("openai", [
    { times: 1, reply: { kind: "hang-up" } },
    { reply: { kind: "say", text: "Back." } },
  ]);
  expect(await model.ask(QUESTION)).toMatchObject({ kind: "answer", text: "Back." });
});

it("an endpoint that wants the longer name for the limit of tokens gets it", async () => {
  const { server, model } = await start("openai", [
    {
      when: ({ body }) => "max_tokens" in body,
      reply: {
        kind: "status",
        status: 400,
        body: { error: { message: "Use 'max_completion_tokens' instead." } },
      },
    },
    { reply: { kind: "say", text: "Fine." } },
  ]);
  expect(await model.ask(QUESTION)).toMatchObject({ kind: "answer", text: "Fine." });
  expect(server.asked[1]?.body).toMatchObject({ max_completion_tokens: 100 });
});

it("arguments that are no JSON object are null", async () => {
  const { model } = await start("openai", [
    { reply: { kind: "say", calls: [{ name: "bash", arguments: '{"command": ' }] } },
  ]);
  const answer = await model.ask(QUESTION);
  expect(answer).toMatchObject({ toolCalls: [{ name: "bash", arguments: null }] });
});

it("the key stands in no answer and no log line, even when the endpoint repeats it", async () => {
  const said = `Incorrect key ${KEY} for this question`;
  const { model, lines } = await start("openai", [
    { times: 1, reply: { kind: "status", status: 500, headers: NOW, body: { error: said } } },
    { reply: { kind: "status", status: 400, body: { error: { message: said } } } },
  ]);
  const answer = await model.ask(QUESTION);
  expect(answer).toMatchObject({ kind: "refused", by: "endpoint" });
  expect(JSON.stringify(answer)).toContain("Incorrect key [key]");
  expect(lines.length).toBeGreaterThan(0);
  expect(`${JSON.stringify(answer)}${lines.join("")}`).not.toContain(KEY);
});

it.each([
  ["https://name:secret@models.example/v1", KEY],
  ["ftp://models.example/v1", KEY],
  ["https://models.example/v1", "sk-two\nlines"],
])("the address %s with its key is refused without repeating either", (url, apiKey) => {
  const deps = { clock: systemClock, log: createLog("silent", () => undefined) };
  const make = () => createModel(deps, { url, dialect: "openai", name: "tiny", apiKey });
  expect(make).toThrow(/^The model's/);
  expect(make).not.toThrow(/secret|two/);
});

describe("JSON of a form", () => {
  const schema = z.object({ word: z.string() });
  const question = { system: "", user: "Which word?", maxTokens: 50, timeoutMs: 20_000 };

  it("is read with a fence around it", async () => {
    const text = 'Here:\n```json\n{"word": "tea"}\n```';
    const { model } = await start("openai", [{ reply: { kind: "say", text } }]);
    expect(await askForJson(model, question, schema)).toEqual({
      kind: "json",
      value: { word: "tea" },
    });
  });

  it("may be mended once", async () => {
    const { model, server } = await start("openai", [
      { turn: 0, reply: { kind: "say", text: "tea" } },
      { turn: 1, reply: { kind: "say", text: '{"word": "tea"}' } },
    ]);
    expect((await askForJson(model, question, schema)).kind).toBe("json");
    expect(server.asked).toHaveLength(2);
  });

  it("is given up after two answers of another form", async () => {
    const { model, server } = await start("openai", [{ reply: { kind: "say", text: "[1]" } }]);
    expect(await askForJson(model, question, schema)).toEqual({ kind: "not-json" });
    expect(server.asked).toHaveLength(2);
  });
});
