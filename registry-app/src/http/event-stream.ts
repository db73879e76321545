import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../runtime/index.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

export type Streams = {
  /**
   * Answers with server-sent events: `change` with what `read` gives, at once and whenever it is something else, and `end`
   * once nothing more will come. A stream that is ended without it is asked for again by the client.
   */
  send(request: FastifyRequest, reply: FastifyReply, source: Source): Promise<FastifyReply>;
  /** Ends all of them. */
  close(): void;
};

export type Source = {
  /** Throws a Refusal when there is nothing to see, at the beginning or later. */
  readonly read: () => Promise<{ readonly data: object; readonly isOver: boolean }>;
};

export type StreamLimits = {
  readonly atOnce: number;
  readonly everyMs: number;
  readonly longestMs: number;
};

/** Each stream asks the database once in `everyMs`, so that there are not many. */
const LIMITS: StreamLimits = { atOnce: 50, everyMs: 1_000, longestMs: 600_000 };
const RETRY_MS = 3_000;
/** Proxies give up on lines that are silent for long. */
const BEAT_MS = 15_000;

export function createStreams(limits: StreamLimits = LIMITS): Streams {
  const closing = new AbortController();
  let open = 0;
  return {
    close: () => closing.abort(),
    async send(request, reply, { read }) {
      if (open >= limits.atOnce)
        throw new Refusal(
          "too-many-requests",
          `More than ${limits.atOnce} pages are followed at once.`,
          "Ask for the state itself from time to time.",
        );
      open += 1;
      try {
        const first = await read();
        void reply.hijack();
        await follow(reply, { first, read, limits, closing: closing.signal, of: request.id });
      } finally {
        open -= 1;
      }
      return reply;
    },
  };
}

type Following = Source & {
  readonly first: { readonly data: object; readonly isOver: boolean };
  readonly limits: StreamLimits;
  readonly closing: AbortSignal;
  readonly of: string;
};

async function follow(
  { raw }: FastifyReply,
  { first, read, limits, closing, of }: Following,
): Promise<void> {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, closing]);
  raw.writeHead(200, {
    ...SECURITY_HEADERS,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-request-id": of,
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  const began = performance.now();
  let [said, saidMs, now] = ["", began, first];
  try {
    for (;;) {
      const text = JSON.stringify(now.data);
      if (text !== said) raw.write(`event: change\ndata: ${text}\n\n`);
      else if (performance.now() - saidMs > BEAT_MS) raw.write(": still here\n\n");
      if (text !== said || performance.now() - saidMs > BEAT_MS) saidMs = performance.now();
      said = text;
      if (now.isOver) raw.write("event: end\ndata: {}\n\n");
      if (now.isOver || performance.now() - began > limits.longestMs) break;
      await sleep(limits.everyMs, undefined, { signal });
      now = await read();
    }
  } catch {
    // Gone, closing, no longer to be seen, or no database: the client asks again, and is told then.
  }
  raw.end();
}
