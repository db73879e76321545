import { z } from "zod";
import type { Message, Question, Wire } from "./types.ts";

const API_VERSION = "2023-06-01";

const count = z.number().int().min(0).max(1e12);

const blockSchema = z.union([
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("tool_use"),
    id: z.string().min(1).max(500),
    name: z.string().max(500),
    input: z.unknown(),
  }),
  // Thinking and whatever comes later: nothing that is read here.
  z.object({ type: z.string() }).transform(() => ({ type: "other" as const })),
]);

const bodySchema = z.object({
  content: z.array(blockSchema).max(1_000),
  stop_reason: z.string().max(100).nullish(),
  usage: z.object({ input_tokens: count, output_tokens: count }).nullish().catch(null),
});

const argumentsSchema = z.record(z.string(), z.unknown());

/** Messages, as Anthropic has them. */
export const ANTHROPIC: Wire = {
  path: "/v1/messages",
  headers: (apiKey) => ({
    "anthropic-version": API_VERSION,
    ...(apiKey !== null && { "x-api-key": apiKey }),
  }),
  write: (name, { system, messages, tools = [], maxTokens }: Question) => ({
    model: name,
    max_tokens: maxTokens,
    system,
    messages: messages.map(writeMessage),
    ...(tools.length > 0 && {
      tools: tools.map(({ name: tool, description, parameters }) => ({
        name: tool,
        description,
        input_schema: parameters,
      })),
    }),
  }),
  read(body) {
    const parsed = bodySchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { content, stop_reason: reason, usage: told } = parsed.data;
    const usage = told
      ? { inputTokens: told.input_tokens, outputTokens: told.output_tokens }
      : null;
    if (reason === "refusal")
      return { kind: "refused", by: "model", because: "the model declines to answer", usage };
    return {
      kind: "answer",
      text: content.flatMap((one) => (one.type === "text" ? [one.text] : [])).join(""),
      toolCalls: content.flatMap((one) =>
        one.type === "tool_use"
          ? [
              {
                id: one.id,
                name: one.name,
                arguments: argumentsSchema.safeParse(one.input).data ?? null,
              },
            ]
          : [],
      ),
      isCut: reason === "max_tokens",
      usage,
    };
  },
};

function writeMessage(message: Message): Readonly<Record<string, unknown>> {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.text };
    case "assistant":
      return {
        role: "assistant",
        content: [
          // An empty block is refused.
          ...(message.text.trim() === "" ? [] : [{ type: "text", text: message.text.trimEnd() }]),
          ...message.toolCalls.map(({ id, name, arguments: given }) => ({
            type: "tool_use",
            id,
            name,
            input: given ?? {},
          })),
        ],
      };
    case "tools":
      return {
        role: "user",
        content: message.results.map(({ id, text, isError }) => ({
          type: "tool_result",
          tool_use_id: id,
          content: text,
          is_error: isError,
        })),
      };
  }
}
