import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { Refusal, REFUSALS, type Log, type RefusalCode } from "../runtime/index.ts";
import { INERT, SECURITY_HEADERS } from "./security-headers.ts";

/** RFC 9457; `code` is stable, `detail` is for people. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    code: z.string(),
    detail: z.string().optional(),
    hint: z.string().optional().describe("what to do about it"),
    requestId: z.string(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problemSchema>;

const MEDIA_TYPE = "application/problem+json";
const GONE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"]);
// Postgres: connection exceptions, shutdown and start, out of connections, statement timeout.
const SQLSTATE_GONE = /^(?:08...|57P0.|53300|57014)$/;
const DRIVER_GONE =
  /timeout exceeded when trying to connect|Connection terminated|pool is (?:closed|ended)|after calling end/i;

/** Turns whatever was thrown into what the client is told. Only a Refusal speaks; the rest stays in the log. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof Refusal) {
    return problem(error.code, requestId, error.message, error.hint);
  }
  if (isDatabaseGone(error)) {
    return problem("unavailable", requestId, "The database does not answer.", "Try again shortly.");
  }
  const status = statusOf(error);
  if (status === undefined || status >= 500) {
    const titled = { type: "about:blank", title: "Internal Server Error", status: 500 };
    return { ...titled, code: "internal", requestId };
  }
  const detail = error instanceof Error ? error.message.slice(0, 500) : undefined;
  return { ...problem(codeOfStatus(status), requestId, detail), status, title: titleOf(status) };
}

/** Sends a problem; what was not foreseen is logged with its cause under the id that the client gets. */
export function sendProblem(
  log: Log,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body = toProblem(error, request.id);
  if (body.status >= 500) {
    const { method, url } = request;
    log.error(
      { requestId: request.id, method, path: url.split("?", 1)[0], cause: error },
      "request failed",
    );
  }
  if (body.status === 401 && !reply.hasHeader("www-authenticate")) {
    void reply.header("www-authenticate", 'Bearer realm="Assay"');
  }
  if (body.status === 503) void reply.header("retry-after", "5");
  return reply
    .code(body.status)
    .header("cache-control", "no-store")
    .headers(SECURITY_HEADERS)
    .header("content-security-policy", INERT)
    .header("content-type", MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify(body), "utf8"));
}

function problem(code: RefusalCode, requestId: string, detail?: string, hint?: string): Problem {
  const status = REFUSALS[code];
  return {
    type: "about:blank",
    title: titleOf(status),
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    requestId,
  };
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? "Error";
}

function codeOfStatus(status: number): RefusalCode {
  const codes = Object.entries(REFUSALS) as [RefusalCode, number][];
  return codes.find(([, of]) => of === status)?.[0] ?? "bad-request";
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" && error.statusCode >= 400
    ? error.statusCode
    : undefined;
}

function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (DRIVER_GONE.test(error.message)) return true;
  const code = "code" in error ? String(error.code) : "";
  const isSocket = "syscall" in error && error.syscall === "connect";
  return SQLSTATE_GONE.test(code) || (isSocket && GONE.has(code));
}
