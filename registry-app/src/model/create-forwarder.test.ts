import { afterEach, expect, it } from "vitest";
import { startModelServer, type Fixture, type ModelServer } from "../../test/fakes/model-server.ts";
import { createForwarder, type Forwarding } from "./create-forwarder.ts";
import type { Dialect } from "./types.ts";

const KEY = "sk-forward-0123456789abcdef";
let server: ModelServer | undefined;
afterEach(() => server?.close());

async function forward(
  fixture: Fixture,
  own: Partial<Forwarding> = {},
  dialect: Dialect = "anthropic",
) {
  server = await startModelServer([fixture]);
  const forwarder = createForwarder({ url: server.url, dialect, name: "big-1", apiKey: KEY });
  const { status, contentType, body } = await forwarder.forward({
    path: dialect === "anthropic" ? "/v1/messages?beta=true" : "/v1/chat/completions",
    headers: {},
    body: { model: "another", messages: [{ role: "user", content: "?" }] },
    signal: AbortSignal.timeout(10_000),
    ...own,
  });
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return { status, contentType, text: Buffer.concat(parts).toString("utf8") };
}
const YES: Fixture = { reply: { kind: "say", text: "Yes." } };

it.each([
  ["anthropic", "x-api-key", KEY],
  ["openai", "authorization", `Bearer ${KEY}`],
] as const)(
  "in the dialect of %s the key is put in here, and the model is the operator's",
  async (dialect, header, value) => {
    const headers = { [header]: "from inside", "anthropic-beta": "b1", cookie: "c", host: "h" };
    const said = await forward(YES, { headers }, dialect);
    expect([said.status, said.contentType, said.text.includes("Yes.")]).toEqual([
      200,
      "application/json",
      true,
    ]);
    const [asked] = server?.asked ?? [];
    expect([asked?.headers[header], asked?.body["model"]]).toEqual([value, "big-1"]);
    expect([asked?.headers["anthropic-beta"], asked?.headers["cookie"]]).toEqual(["b1", undefined]);
  },
);

it.each([
  "/v1/files",
  "/v1/messages/batches",
  "/v1/messages/../files",
  "//evil.example/v1/messages",
  "/",
  "",
])("nothing but the dialect's own questions is handed on: %s is not", async (path) => {
  expect((await forward(YES, { path })).status).toBe(404);
  expect(server?.asked).toEqual([]);
});

it("a complaint of the endpoint comes without the key that it repeats, and a redirect is not followed", async () => {
  const body = { error: { message: `bad key ${KEY}` } };
  const said = await forward({ reply: { kind: "status", status: 401, body } });
  expect([said.status, said.text]).toEqual([401, '{"error":{"message":"bad key [key]"}}']);
  await server?.close();
  const headers = { location: "http://127.0.0.1:9/v1/messages" };
  expect((await forward({ reply: { kind: "status", status: 307, headers } })).status).toBe(307);
});

it("an endpoint that is not there is told as one, without its address", async () => {
  const said = await forward({ reply: { kind: "hang-up" } });
  expect([said.status, said.text]).toEqual([
    502,
    '{"error":{"message":"the model\'s endpoint is not reached"}}',
  ]);
});
