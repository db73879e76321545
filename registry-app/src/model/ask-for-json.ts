import type { z } from "zod";
import type { Answer, Message, Model, Question } from "./types.ts";

export type JsonAnswer<T> =
  | { readonly kind: "json"; readonly value: T }
  /** Asked twice, and both times something else came. */
  | { readonly kind: "not-json" }
  | Exclude<Answer, { kind: "answer" }>;

const MAX_ANSWER_LENGTH = 200_000;

/** Asks for JSON of a form. An answer of another one may be mended once; no word of it is taken for anything else. */
export async function askForJson<T>(
  model: Model,
  question: Omit<Question, "messages" | "tools"> & { readonly user: string },
  schema: z.ZodType<T>,
): Promise<JsonAnswer<T>> {
  const { user, ...rest } = question;
  const asked: Message[] = [{ role: "user", text: user }];
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const answer = await model.ask({ ...rest, messages: asked });
    if (answer.kind !== "answer") return answer;
    const read = answer.isCut ? undefined : schema.safeParse(findJson(answer.text));
    if (read?.success === true) return { kind: "json", value: read.data };
    asked.push(
      { role: "assistant", text: shorten(answer.text), toolCalls: [] },
      { role: "user", text: "That is not JSON of the asked form. Answer with that JSON alone." },
    );
  }
  return { kind: "not-json" };
}

/** An empty message is refused by some endpoints, and a long one brings nothing. */
function shorten(text: string): string {
  return text.trim() === "" ? "(nothing)" : text.slice(0, 10_000).toWellFormed();
}

/** The JSON object of an answer, with or without words and a fence around it; undefined where there is none. */
function findJson(text: string): unknown {
  if (text.length > MAX_ANSWER_LENGTH) return undefined;
  try {
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
