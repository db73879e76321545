import { headersFor, toAddress, type ModelWish } from "./create-model.ts";
import type { Dialect } from "./types.ts";

/** A request as an agent wrote it, in the dialect of the endpoint. */
export type Forwarding = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
};

export type Forwarded = {
  readonly status: number;
  readonly contentType: string;
  /** May fail half way, when the line is cut. */
  readonly body: AsyncIterable<Uint8Array>;
};

/** An endpoint that is spoken to for somebody who has neither its address nor its key. */
export type Forwarder = {
  /** Dialect and name, as of the model itself. */
  readonly id: string;
  readonly modelName: string;
  forward(request: Forwarding): Promise<Forwarded>;
};

/** What an agent may ask for, and where that is behind the address that is configured. */
const PATHS: Readonly<Record<Dialect, ReadonlyMap<string, string>>> = {
  anthropic: new Map([
    ["/v1/messages", "/v1/messages"],
    ["/v1/messages/count_tokens", "/v1/messages/count_tokens"],
  ]),
  openai: new Map([
    ["/v1/chat/completions", "/chat/completions"],
    ["/v1/responses", "/responses"],
  ]),
};
const HANDED_ON = ["accept", "anthropic-beta", "openai-beta"];
const MAX_COMPLAINT_BYTES = 64 * 1024;

/**
 * Hands on what an agent asks of the model. The key is put in here, the model is the one that is configured whatever was
 * asked for, and nothing but the dialect's own questions is handed on.
 */
export function createForwarder(wish: ModelWish): Forwarder {
  const { url, dialect, name, apiKey } = wish;
  const own = headersFor(wish);
  return {
    id: `${dialect}:${name}`,
    modelName: name,
    async forward({ path, headers, body, signal }) {
      const known = PATHS[dialect].get(path.split("?", 1)[0] ?? "");
      if (known === undefined) return complain(404, "there is nothing at this path");
      const kept = HANDED_ON.flatMap((header) => {
        const value = headers[header];
        return value !== undefined && /^[\x20-\x7e]{1,1000}$/.test(value) ? [[header, value]] : [];
      });
      try {
        const response = await fetch(toAddress(url, known), {
          method: "POST",
          headers: { ...Object.fromEntries(kept), ...own },
          body: JSON.stringify({ ...body, model: name }),
          redirect: "manual",
          signal,
        });
        const contentType = response.headers.get("content-type") ?? "application/json";
        if (response.ok) return { status: response.status, contentType, body: partsOf(response) };
        // An endpoint may repeat what it was sent.
        const text = (await readStart(response)).toString("utf8");
        const said = apiKey === null ? text : text.replaceAll(apiKey, "[key]");
        return { status: response.status, contentType, body: one(Buffer.from(said)) };
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        return complain(502, "the model's endpoint is not reached");
      }
    },
  };
}

function complain(status: number, message: string): Forwarded {
  const body = one(Buffer.from(JSON.stringify({ error: { message } })));
  return { status, contentType: "application/json", body };
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function* partsOf(response: Response): AsyncIterable<Uint8Array> {
  for await (const part of response.body ?? []) yield part;
}

async function readStart(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of partsOf(response)) {
    parts.push(part);
    sizeBytes += part.length;
    if (sizeBytes > MAX_COMPLAINT_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_COMPLAINT_BYTES);
}
