export type Reply =
  | {
      readonly kind: "replied";
      readonly status: number;
      readonly retryAfter: string | null;
      /** Undefined where it is no JSON. */
      readonly body: unknown;
    }
  /** `mayPass`: the line was cut, so that another attempt may do. */
  | { readonly kind: "failed"; readonly because: string; readonly mayPass?: boolean };

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Reads what an endpoint answers, up to more than any answer needs. */
export async function readReply(request: Promise<Response>): Promise<Reply> {
  try {
    const response = await request;
    const bytes = await readCapped(response);
    if (bytes === undefined)
      return { kind: "failed", because: `the answer is larger than ${MAX_BODY_BYTES} bytes` };
    const { status, headers } = response;
    const retryAfter = headers.get("retry-after");
    return { kind: "replied", status, retryAfter, body: parse(bytes.toString("utf8")) };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return {
      kind: "failed",
      because: `the endpoint is not reached${sayCode(cause)}`,
      mayPass: true,
    };
  }
}

async function readCapped(response: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    // Leaving the loop cancels the body.
    if (sizeBytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The code alone: the message of a failed request may repeat its headers. */
function sayCode({ cause }: Error): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? ` (${code})` : "";
}
