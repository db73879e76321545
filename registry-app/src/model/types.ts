/** How an endpoint wants to be spoken to: OpenAI's chat completions or Anthropic's messages. */
export type Dialect = "openai" | "anthropic";

/** Something that the model may ask to have done. */
export type Tool = {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
};

export type ToolCall = {
  readonly id: string;
  readonly name: string;
  /** Null when what the model wrote is no JSON object. */
  readonly arguments: Readonly<Record<string, unknown>> | null;
};

export type ToolResult = { readonly id: string; readonly text: string; readonly isError: boolean };

export type Message =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
    }
  /** Answers all calls of the message before it. */
  | { readonly role: "tools"; readonly results: readonly ToolResult[] };

export type Question = {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  /** Of the answer. */
  readonly maxTokens: number;
  /** For all attempts and the waits between them. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

export type Usage = { readonly inputTokens: number; readonly outputTokens: number };

export type Answer =
  | {
      readonly kind: "answer";
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** It stopped because `maxTokens` was reached. */
      readonly isCut: boolean;
      /** Null where the endpoint does not say. */
      readonly usage: Usage | null;
    }
  /** This question will not be answered: the model declines, or the endpoint cannot take it. */
  | {
      readonly kind: "refused";
      readonly by: "model" | "endpoint";
      readonly because: string;
      readonly usage: Usage | null;
    }
  /** No answer now, for a reason that lies outside of the question. */
  | { readonly kind: "unavailable"; readonly because: string };

/** A model behind an endpoint. `ask` never throws for what the endpoint does. */
export type Model = {
  /** Dialect and name: what to call it in versions, cache keys and on pages. */
  readonly id: string;
  ask(question: Question): Promise<Answer>;
};

/** What a dialect makes of a question, and reads out of an answer. */
export type Wire = {
  readonly path: string;
  readonly headers: (apiKey: string | null) => Readonly<Record<string, string>>;
  readonly write: (name: string, question: Question) => Readonly<Record<string, unknown>>;
  /** What to send instead, where the endpoint wants the same in other words. */
  readonly amend?: (
    written: Readonly<Record<string, unknown>>,
    refusal: { readonly status: number; readonly body: unknown },
  ) => Readonly<Record<string, unknown>> | undefined;
  /** Undefined where the body is not of the dialect. */
  readonly read: (body: unknown) => Answer | undefined;
};
