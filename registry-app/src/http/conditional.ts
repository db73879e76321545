import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Whether a header like If-None-Match names this strong ETag. */
export function namesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header
    .slice(0, 4096)
    .split(",")
    .some((one) => one.trim().replace(/^W\//, "") === etag);
}

export type Sent = {
  /** Whether everybody may see it: shared caches keep it, and ask again each time. */
  readonly isPublic: boolean;
  readonly mediaType?: string;
};

/** Sends bytes with the ETag that they have, or 304 when the client has them. */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Buffer,
  { isPublic, mediaType = "application/json; charset=utf-8" }: Sent,
): FastifyReply {
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 32)}"`;
  void reply
    .header("etag", etag)
    .header("cache-control", `${isPublic ? "public" : "private"}, no-cache`)
    .header("vary", "Authorization");
  if (namesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  return reply.type(mediaType).send(bytes);
}

/** As `sendBytes`, of a value as JSON. */
export function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
  sent: Sent,
): FastifyReply {
  return sendBytes(request, reply, Buffer.from(JSON.stringify(value), "utf8"), sent);
}

export type ByteRange =
  | { readonly kind: "all" }
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

/** Reads a Range header over `size` bytes. More than one range, and what is malformed, means all (RFC 9110, 14.2). */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  const [, from = "", to = ""] = match ?? [];
  if (match === null || (from === "" && to === "")) return { kind: "all" };
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? { kind: "unsatisfiable" } : part(size - length, size - 1);
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return { kind: "all" };
  return start >= size ? { kind: "unsatisfiable" } : part(start, end);
}

function part(start: number, end: number): ByteRange {
  return { kind: "part", start, end };
}
