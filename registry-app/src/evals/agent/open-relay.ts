import type { Attached, Session } from "@assay/sandbox";
import { z } from "zod";
import type { Forwarder } from "../../model/index.ts";
import type { Clock } from "../../runtime/index.ts";
import { MAX_QUESTION_BYTES, RELAY_PROGRAM } from "./relay-program.ts";

export type RelayDeps = {
  readonly forwarder: Forwarder;
  readonly session: Pick<Session, "attach">;
  readonly clock: Clock;
  /** Told of each question that is handed on. */
  readonly onQuestion: (body: Readonly<Record<string, unknown>>) => void;
  /** Questions beyond this are refused. */
  readonly maxQuestions: number;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
};

export type Relay = {
  /** Where the model is, as seen from inside. */
  readonly url: string;
  /** How long somebody inside has waited for the model, all in all. */
  readonly waitedMs: () => number;
  readonly isUsedUp: () => boolean;
  /** What the endpoint last failed with, when its last answer was no answer. */
  readonly failure: () => string | undefined;
  /** Once nothing more is handed on, because the program inside is gone. */
  readonly ended: Promise<void>;
};

const READY_MS = 20_000;
const AT_ONCE = 8;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** A question in base64, with its headers. */
const MAX_LINE_BYTES = 2 * MAX_QUESTION_BYTES;

const readySchema = z.object({ port: z.number().int().min(1).max(65_535) });
const askedSchema = z.object({
  id: z.number().int(),
  path: z.string().max(2_000),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const bodySchema = z.record(z.string(), z.unknown());
type Asked = z.output<typeof askedSchema>;

/**
 * Opens a way from a container without a network to one model: a program inside listens on loopback, and what it hears
 * comes out on its standard output, to be asked from here. The key and the address stay here.
 */
export async function openRelay(deps: RelayDeps): Promise<Relay> {
  const { clock, maxQuestions } = deps;
  const waiting = createStopwatch(clock);
  let asked = 0;
  let failure: string | undefined;
  const heard = Promise.withResolvers<number>();
  const answer = async (question: Asked, attached: Attached) => {
    const send = (line: object) => attached.write(Buffer.from(`${JSON.stringify(line)}\n`));
    const { id } = question;
    asked += 1;
    const body = parseBody(question.body);
    if (body === undefined) return refuse(send, id, { status: 400, message: "no JSON object" });
    // Agents try again after 429, and give up after 403.
    if (asked > maxQuestions)
      return refuse(send, id, { status: 403, message: "no more questions of this case" });
    if (waiting.running() >= AT_ONCE)
      return refuse(send, id, { status: 429, message: "too many questions at once" });
    waiting.start();
    try {
      deps.onQuestion(body);
      const { path, headers } = question;
      const { signal } = deps;
      const forwarded = await deps.forwarder.forward({ path, headers, body, signal });
      const { status, contentType } = forwarded;
      failure = status < 400 ? undefined : `the endpoint answers ${status}`;
      send({ id, status, type: contentType });
      let leftBytes = MAX_ANSWER_BYTES;
      for await (const part of forwarded.body) {
        leftBytes -= part.length;
        if (leftBytes < 0) throw new Error("the answer is larger than any answer needs");
        if (part.length > 0) send({ id, data: Buffer.from(part).toString("base64") });
      }
      send({ id, data: "" });
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      failure = "its answer was cut off";
      send({ id, isCut: true });
    } finally {
      waiting.stop();
    }
  };
  const attached: Attached = await deps.session.attach({
    command: ["python3", "-I", "-c", RELAY_PROGRAM],
    onOutput: readLines(MAX_LINE_BYTES, (line) => {
      const question = askedSchema.safeParse(line).data;
      if (question !== undefined) void answer(question, attached);
      const ready = readySchema.safeParse(line).data;
      if (ready !== undefined) heard.resolve(ready.port);
    }),
  });
  const port = await Promise.race([heard.promise, attached.ended, late(READY_MS)]);
  if (typeof port !== "number") throw new Error("the way to the model could not be opened inside");
  return {
    url: `http://127.0.0.1:${port}`,
    waitedMs: waiting.elapsedMs,
    isUsedUp: () => asked > maxQuestions,
    failure: () => failure,
    ended: attached.ended,
  };
}

function refuse(
  send: (line: object) => void,
  id: number,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  const data = Buffer.from(JSON.stringify({ error: { message } })).toString("base64");
  for (const line of [{ status, type: "application/json" }, { data }, { data: "" }])
    send({ id, ...line });
}

function parseBody(base64: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = Buffer.from(base64, "base64").toString("utf8");
    return bodySchema.safeParse(JSON.parse(text)).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Time during which at least one thing was under way. */
function createStopwatch({ now }: Clock) {
  let running = 0;
  let sinceMs = 0;
  let totalMs = 0;
  const nowMs = () => now().getTime();
  return {
    running: () => running,
    start: () => {
      if (running === 0) sinceMs = nowMs();
      running += 1;
    },
    stop: () => {
      running -= 1;
      if (running === 0) totalMs += nowMs() - sinceMs;
    },
    elapsedMs: () => totalMs + (running > 0 ? nowMs() - sinceMs : 0),
  };
}

/** Cuts a stream into lines of JSON; what is longer than any line may be is dropped, and all that follows. */
function readLines(maxBytes: number, onLine: (value: unknown) => void) {
  let parts: Uint8Array[] = [];
  let sizeBytes = 0;
  return (chunk: Uint8Array) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8");
      [parts, sizeBytes, rest] = [[], 0, rest.subarray(end + 1)];
      onLine(parseLine(line));
    }
    sizeBytes += rest.length;
    if (sizeBytes <= maxBytes) parts.push(Buffer.from(rest));
  };
}

/** A line that was too long to be kept is no JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function late(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
