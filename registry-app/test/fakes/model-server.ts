import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";

type Dialect = "openai" | "anthropic";

/** A question as it came over the wire, in either dialect. */
export type Asked = {
  readonly dialect: Dialect;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly system: string;
  /** Of the last message. */
  readonly last: string;
  /** What the model has said before in this conversation. */
  readonly turn: number;
  /** Everything, as it was sent. */
  readonly text: string;
};

export type ScriptedReply =
  | {
      readonly kind: "say";
      readonly text?: string;
      readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
      readonly end?: "length" | "declined";
      readonly tokens?: readonly [input: number, output: number];
    }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | { readonly kind: "raw"; readonly body: string }
  /** Bytes without an end. */
  | { readonly kind: "flood" }
  /** Never answers. */
  | { readonly kind: "hang" }
  | { readonly kind: "hang-up" };

/** The first that fits answers; one with `times` is used up. */
export type Fixture = {
  readonly when?: (asked: Asked) => boolean;
  readonly turn?: number;
  readonly times?: number;
  readonly reply: ScriptedReply | ((asked: Asked) => ScriptedReply);
};

export type ModelServer = {
  /** The base for either dialect. */
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
};

const bodySchema = z.record(z.string(), z.unknown()).and(
  z.object({
    system: z.string().optional(),
    messages: z.array(z.object({ role: z.string(), content: z.unknown() }).loose()),
  }),
);

/** A model on loopback that says what it is told to, over real HTTP. */
export async function startModelServer(fixtures: readonly Fixture[]): Promise<ModelServer> {
  const asked: Asked[] = [];
  const used = new Map<Fixture, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const question = await readQuestion(request);
    if (question === undefined) return send(response, 404, { error: { message: "no such path" } });
    asked.push(question);
    const fixture = fixtures.find(
      (one) =>
        (used.get(one) ?? 0) < (one.times ?? Infinity) &&
        (one.turn ?? question.turn) === question.turn &&
        (one.when?.(question) ?? true),
    );
    if (fixture === undefined)
      return send(response, 501, { error: { message: "nothing is scripted for this" } });
    used.set(fixture, (used.get(fixture) ?? 0) + 1);
    const { reply } = fixture;
    await play(response, question, typeof reply === "function" ? reply(question) : reply);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readQuestion(request: IncomingMessage): Promise<Asked | undefined> {
  const dialect: Dialect | undefined =
    request.url === "/v1/chat/completions"
      ? "openai"
      : request.url === "/v1/messages"
        ? "anthropic"
        : undefined;
  if (dialect === undefined || request.method !== "POST") return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const body = bodySchema.parse(JSON.parse(text));
  const { messages } = body;
  const first = messages.find(({ role }) => role === "system");
  return {
    dialect,
    headers: request.headers,
    body,
    system: dialect === "anthropic" ? (body.system ?? "") : textOf(first?.content),
    last: textOf(messages.at(-1)?.content),
    turn: messages.filter(({ role }) => role === "assistant").length,
    text,
  };
}

const blockSchema = z.object({ text: z.string().optional(), content: z.string().optional() });

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((block) => blockSchema.parse(block))
    .map(({ text, content: inner }) => text ?? inner ?? "")
    .join("\n");
}

async function play(
  response: ServerResponse,
  { dialect, turn }: Asked,
  reply: ScriptedReply,
): Promise<void> {
  switch (reply.kind) {
    case "hang":
      return;
    case "hang-up":
      response.destroy();
      return;
    case "flood":
      await flood(response);
      return;
    case "raw":
      response.writeHead(200).end(reply.body);
      return;
    case "status":
      return send(response, reply.status, reply.body ?? {}, reply.headers);
    case "say":
      return send(
        response,
        200,
        dialect === "openai" ? asOpenAi(reply, turn) : asAnthropic(reply, turn),
      );
  }
}

async function flood(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  const spaces = function* () {
    for (;;) yield " ".repeat(65_536);
  };
  await pipeline(Readable.from(spaces()), response);
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
}

type Say = Extract<ScriptedReply, { kind: "say" }>;

function asOpenAi({ text = "", calls = [], end, tokens }: Say, turn: number) {
  const reason = end === "length" ? "length" : end === "declined" ? "content_filter" : "stop";
  return {
    object: "chat.completion",
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? "tool_calls" : reason,
        message: {
          role: "assistant",
          content: text === "" ? null : text,
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ name, arguments: given }, index) => ({
              id: `call_${turn}_${index}`,
              type: "function",
              function: {
                name,
                arguments: typeof given === "string" ? given : JSON.stringify(given),
              },
            })),
          }),
        },
      },
    ],
    ...(tokens !== undefined && {
      usage: { prompt_tokens: tokens[0], completion_tokens: tokens[1] },
    }),
  };
}

function asAnthropic({ text = "", calls = [], end, tokens }: Say, turn: number) {
  const reason = end === "length" ? "max_tokens" : end === "declined" ? "refusal" : "end_turn";
  return {
    type: "message",
    role: "assistant",
    stop_reason: calls.length > 0 ? "tool_use" : reason,
    content: [
      ...(text === "" ? [] : [{ type: "text", text }]),
      ...calls.map(({ name, arguments: input }, index) => ({
        type: "tool_use",
        id: `toolu_${turn}_${index}`,
        name,
        input,
      })),
    ],
    ...(tokens !== undefined && {
      usage: { input_tokens: tokens[0], output_tokens: tokens[1] },
    }),
  };
}
