import { z } from "zod";
import { parseArguments } from "./parse-arguments.ts";
import type { Message, Question, ToolCall, Wire } from "./types.ts";

const LONGER_NAME = "max_completion_tokens";

const count = z.number().int().min(0).max(1e12);

const bodySchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().max(100).nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                id: z.string().min(1).max(500),
                function: z.object({ name: z.string().max(500), arguments: z.string() }),
              }),
            )
            .max(100)
            .nullish(),
        }),
      }),
    )
    .min(1)
    .max(100),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
});

/** Chat completions; most other makers' servers speak it too. */
export const OPENAI: Wire = {
  path: "/chat/completions",
  headers: (apiKey) => ({
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
  }),
  write: (name, { system, messages, tools = [], maxTokens }: Question) => ({
    model: name,
    max_tokens: maxTokens,
    messages: [{ role: "system", content: system }, ...messages.flatMap(writeMessage)],
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({ type: "function", function: tool })),
    }),
  }),
  // Newer models want the longer name, and most servers know the shorter one only.
  amend({ max_tokens: maxTokens, ...rest }, { status, body }) {
    const isWanted = status === 400 && JSON.stringify(body ?? "").includes(LONGER_NAME);
    return isWanted ? { ...rest, [LONGER_NAME]: maxTokens } : undefined;
  },
  read(body) {
    const parsed = bodySchema.safeParse(body);
    const choice = parsed.data?.choices[0];
    if (choice === undefined) return undefined;
    const { message, finish_reason: reason } = choice;
    const told = parsed.data?.usage ?? null;
    const usage = told && {
      inputTokens: told.prompt_tokens,
      outputTokens: told.completion_tokens,
    };
    if (reason === "content_filter" || (message.refusal ?? "") !== "")
      return { kind: "refused", by: "model", because: "the model declines to answer", usage };
    return {
      kind: "answer",
      text: message.content ?? "",
      toolCalls: (message.tool_calls ?? []).map(({ id, function: called }) => ({
        id,
        name: called.name,
        arguments: parseArguments(called.arguments),
      })),
      isCut: reason === "length",
      usage,
    };
  },
};

function writeMessage(message: Message): readonly Readonly<Record<string, unknown>>[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: message.text }];
    case "assistant":
      return [
        {
          role: "assistant",
          content: message.text,
          ...(message.toolCalls.length > 0 && { tool_calls: message.toolCalls.map(writeCall) }),
        },
      ];
    case "tools":
      return message.results.map(({ id, text }) => ({
        role: "tool",
        tool_call_id: id,
        content: text,
      }));
  }
}

function writeCall({ id, name, arguments: given }: ToolCall) {
  return { id, type: "function", function: { name, arguments: JSON.stringify(given ?? {}) } };
}
