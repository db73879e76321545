import { z } from "zod";
import { toLine } from "./say.ts";
import { createSkillWatch } from "./skill-watch.ts";
import { createTranscript } from "./transcript.ts";

/** What an agent was seen to do, by what it told its model. */
export type Traffic = {
  /** Looks at a question, which holds the conversation so far. */
  read(question: unknown): void;
  /** What it had run, each as one line. */
  readonly commands: readonly string[];
  readonly toolCalls: () => number;
  readonly isSkillRead: () => boolean;
  readonly transcript: () => string;
};

const id = z.string().min(1).max(500);
const name = z.string().max(500);
// As Anthropic, OpenAI's chat completions and OpenAI's responses have them.
const callSchema = z.union([
  z
    .object({ type: z.literal("tool_use"), id, name, input: z.unknown() })
    .transform((one) => ({ id: one.id, name: one.name, given: one.input })),
  z
    .object({ id, function: z.object({ name, arguments: z.string() }) })
    .transform((one) => ({ id: one.id, name: one.function.name, given: one.function.arguments })),
  z
    .object({ type: z.literal("function_call"), call_id: id, name, arguments: z.string() })
    .transform((one) => ({ id: one.call_id, name: one.name, given: one.arguments })),
  z
    .object({ type: z.literal("custom_tool_call"), call_id: id, name, input: z.string() })
    .transform((one) => ({ id: one.call_id, name: one.name, given: one.input })),
]);
const resultSchema = z.union([
  z
    .object({ type: z.literal("tool_result"), tool_use_id: id, content: z.unknown() })
    .transform((one) => ({ id: one.tool_use_id, said: one.content })),
  z
    .object({ role: z.literal("tool"), tool_call_id: id, content: z.unknown() })
    .transform((one) => ({ id: one.tool_call_id, said: one.content })),
  z
    .object({
      type: z.enum(["function_call_output", "custom_tool_call_output"]),
      call_id: id,
      output: z.unknown(),
    })
    .transform((one) => ({ id: one.call_id, said: one.output })),
]);
const list = z.array(z.unknown()).catch([]);
const questionSchema = z.object({ messages: list, input: list });
const messageSchema = z.object({ content: list, tool_calls: list });
const commandSchema = z
  .object({ command: z.unknown().optional(), cmd: z.unknown().optional() })
  .transform((one) => one.command ?? one.cmd)
  .pipe(z.union([z.string(), z.array(z.string()).min(1)]));
const textsSchema = z.array(z.object({ text: z.string() }).transform(({ text }) => text));

/** Code of a skill can ask the model too, with whatever it likes: what is kept and looked at is bounded. */
const MAX_ITEMS = 2_000;
const MAX_LOOKED_AT = 500;

/**
 * Sees the tools that an agent calls and what came of them, whichever agent it is: each question repeats the whole
 * conversation, and what has a known id was seen before.
 */
export function createTraffic(prompt: string, skill: Uint8Array | null): Traffic {
  const watch = createSkillWatch(skill);
  const transcript = createTranscript();
  transcript.add("user", prompt);
  const seen = new Set<string>();
  const commands: string[] = [];
  let toolCalls = 0;
  let isSkillRead = false;
  const isNew = (kind: string, key: string) => {
    const full = `${kind} ${key}`;
    if (seen.has(full) || seen.size >= MAX_ITEMS) return false;
    seen.add(full);
    return true;
  };
  const look = (item: unknown) => {
    const call = callSchema.safeParse(item).data;
    if (call !== undefined && isNew("call", call.id)) {
      const text = sayCall(call);
      toolCalls += 1;
      commands.push(toLine(text));
      transcript.add("runs", text);
    }
    const result = resultSchema.safeParse(item).data;
    if (result !== undefined && isNew("result", result.id)) {
      const text = sayContent(result.said);
      isSkillRead ||= watch.isReadBy(Buffer.from(text));
      transcript.add("got", text);
    }
  };
  return {
    read(question) {
      const parsed = questionSchema.safeParse(question).data;
      if (parsed === undefined) return;
      // What is new stands at the end.
      const items = [...parsed.messages, ...parsed.input].slice(-MAX_LOOKED_AT).flatMap((item) => {
        const inner = messageSchema.safeParse(item).data;
        return inner === undefined ? [item] : [item, ...inner.content, ...inner.tool_calls];
      });
      for (const item of items.slice(-MAX_LOOKED_AT)) look(item);
    },
    commands,
    toolCalls: () => toolCalls,
    isSkillRead: () => isSkillRead,
    transcript: () => transcript.text(),
  };
}

/** The command of a tool that runs some; of another tool its name and what it was given. */
function sayCall({ name: tool, given }: z.output<typeof callSchema>): string {
  const value = typeof given === "string" ? parse(given) : given;
  const command = commandSchema.safeParse(value).data;
  if (typeof command === "string") return command;
  if (command === undefined)
    return `${tool} ${typeof given === "string" ? given : JSON.stringify(given)}`;
  // Agents that start programs without a shell ask for `bash -c` when they want one.
  const [program = "", flag = "", script] = command;
  const isShell = /(?:^|\/)(?:ba|z|da)?sh$/.test(program) && /^-l?c$/.test(flag);
  return isShell && script !== undefined ? script : command.join(" ");
}

function sayContent(said: unknown): string {
  if (typeof said === "string") return said;
  return (textsSchema.safeParse(said).data ?? []).join("\n");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
