import { setTimeout as sleep } from "node:timers/promises";
import { Refusal, type Clock, type Log } from "../runtime/index.ts";
import { ANTHROPIC } from "./anthropic.ts";
import { OPENAI } from "./openai.ts";
import { readReply, type Reply } from "./read-reply.ts";
import type { Answer, Dialect, Model, Question, Wire } from "./types.ts";

export type ModelWish = {
  /** What stands before the dialect's own path: `https://api.openai.com/v1`, `https://api.anthropic.com`. */
  readonly url: string;
  readonly dialect: Dialect;
  /** As the endpoint calls it. */
  readonly name: string;
  readonly apiKey: string | null;
};

export type ModelDeps = { readonly clock: Clock; readonly log: Log };

const WIRES: Readonly<Record<Dialect, Wire>> = { openai: OPENAI, anthropic: ANTHROPIC };

const MAX_ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;
/** An endpoint that asks to be left alone for longer is not there. */
const MAX_WAIT_MS = 30_000;
const MAX_QUESTION_BYTES = 16 * 1024 * 1024;
/** What may stand in a header; anything else would be thrown back with the key in the message. */
const HEADER_TEXT = /^[\x21-\x7e]{1,4096}$/;

/** Speaks to one model at one endpoint. The key goes into a header and nowhere else. */
export function createModel(deps: ModelDeps, wish: ModelWish): Model {
  const wire = WIRES[wish.dialect];
  const address = toAddress(wish.url, wire.path);
  const headers = headersFor(wish);
  return {
    id: `${wish.dialect}:${wish.name}`,
    async ask(question) {
      const written = wire.write(wish.name, question);
      if (sizeOf(written) > MAX_QUESTION_BYTES) return refusedAsTooLarge();
      const send = async (asked: typeof written, signal: AbortSignal) => {
        const body = JSON.stringify(asked);
        return readReply(
          fetch(address, { method: "POST", headers, body, redirect: "manual", signal }),
        );
      };
      const reply = await askPatiently(deps, question, async (signal) => {
        const first = await send(written, signal);
        const amended = first.kind === "replied" ? wire.amend?.(written, first) : undefined;
        return amended === undefined ? first : send(amended, signal);
      });
      return toAnswer(wire, reply, wish.apiKey);
    },
  };
}

/** What says who asks; the only place where the key stands. */
export function headersFor({ dialect, apiKey }: ModelWish): Readonly<Record<string, string>> {
  if (apiKey !== null && !HEADER_TEXT.test(apiKey))
    throw new Refusal(
      "bad-request",
      "The model's key holds characters that no key has.",
      "Write the key alone into its file, on one line.",
    );
  return { "content-type": "application/json", ...WIRES[dialect].headers(apiKey) };
}

/** A path of the dialect behind the address that is configured. */
export function toAddress(url: string, path: string): URL {
  const base = URL.parse(url);
  const isHttp = base?.protocol === "https:" || base?.protocol === "http:";
  if (base === null || !isHttp || base.username !== "" || base.password !== "")
    throw new Refusal(
      "bad-request",
      "The model's address is not one of http or https without a name and password in it.",
      "Give the address alone, and the key in a file of its own.",
    );
  const own = base.pathname.replace(/\/{1,100}$/, "");
  // Both forms of Anthropic's address are in use.
  const isNamed = path.startsWith("/v1/") && own.endsWith("/v1");
  base.pathname = `${isNamed ? own.slice(0, -"/v1".length) : own}${path}`;
  return base;
}

function sizeOf(written: Readonly<Record<string, unknown>>): number {
  return Buffer.byteLength(JSON.stringify(written));
}

function refusedAsTooLarge(): Answer {
  const because = "the question is larger than any model takes";
  return { kind: "refused", by: "endpoint", because, usage: null };
}

/** Asks again while it may help, as often and as long as the question leaves room for. */
async function askPatiently(
  { clock, log }: ModelDeps,
  { timeoutMs, signal }: Question,
  ask: (signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  const endsAt = clock.now().getTime() + timeoutMs;
  const isCancelled = () => signal?.aborted === true;
  const leftMs = () => endsAt - clock.now().getTime();
  for (let attempt = 1; ; attempt += 1) {
    if (isCancelled()) return { kind: "failed", because: "it was cancelled" };
    const late = AbortSignal.timeout(Math.max(1, leftMs()));
    const reply = await ask(signal === undefined ? late : AbortSignal.any([signal, late]));
    if (isCancelled()) return { kind: "failed", because: "it was cancelled" };
    if (late.aborted)
      return { kind: "failed", because: `no answer within ${Math.ceil(timeoutMs / 1000)} s` };
    const waitMs = findWait(reply, attempt, clock.now());
    if (waitMs === undefined || attempt >= MAX_ATTEMPTS || waitMs >= leftMs()) return reply;
    log.info({ attempt, waitMs, ...tell(reply) }, "the model's endpoint is asked again");
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

function tell(reply: Reply) {
  return reply.kind === "failed" ? { because: reply.because } : { status: reply.status };
}

/** How long to wait before the next attempt; undefined where none can help. */
function findWait(reply: Reply, attempt: number, now: Date): number | undefined {
  const ownMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
  if (reply.kind === "failed") return reply.mayPass === true ? ownMs : undefined;
  if (reply.status !== 429 && reply.status < 500) return undefined;
  const askedMs = readRetryAfter(reply.retryAfter, now);
  if (askedMs === undefined) return ownMs;
  return askedMs > MAX_WAIT_MS ? undefined : askedMs;
}

function readRetryAfter(text: string | null, now: Date): number | undefined {
  if (text === null || text.length > 100) return undefined;
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.exec(text)?.[0];
  const ms =
    seconds === undefined ? Date.parse(text) - now.getTime() : Math.ceil(Number(seconds) * 1000);
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Of these a status says that the endpoint cannot take this question; all others are about the endpoint itself. */
const ABOUT_THE_QUESTION: ReadonlySet<number> = new Set([400, 413, 422]);

function toAnswer(wire: Wire, reply: Reply, apiKey: string | null): Answer {
  if (reply.kind === "failed") return { kind: "unavailable", because: reply.because };
  const { status, body } = reply;
  if (status >= 200 && status < 300) {
    const answer = wire.read(body);
    if (answer !== undefined) return answer;
    return {
      kind: "unavailable",
      because: "what the endpoint answers is not of the configured dialect",
    };
  }
  if (status >= 300 && status < 400)
    return { kind: "unavailable", because: `the endpoint redirects (${status})` };
  if (status === 401 || status === 403)
    return { kind: "unavailable", because: `the endpoint does not take the key (${status})` };
  const because = `the endpoint answers ${status}${sayDetail(body, apiKey)}`;
  return ABOUT_THE_QUESTION.has(status)
    ? { kind: "refused", by: "endpoint", because, usage: null }
    : { kind: "unavailable", because };
}

const MAX_DETAIL_LENGTH = 200;

/** The endpoint's own words, which may repeat what it was sent: without the key, and short. */
function sayDetail(body: unknown, apiKey: string | null): string {
  const error = isRecord(body) ? body["error"] : undefined;
  const message = isRecord(error) ? error["message"] : error;
  if (typeof message !== "string") return "";
  const own = apiKey === null ? message : message.replaceAll(apiKey, "[key]");
  const line = own.replaceAll(/[\p{Cc}\p{Cf}\s]{1,1000}/gu, " ").trim();
  return `: ${line.slice(0, MAX_DETAIL_LENGTH).toWellFormed()}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
