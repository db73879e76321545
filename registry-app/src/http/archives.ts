import type { FastifyReply, FastifyRequest } from "fastify";
import { findArchive, type ServedArchive } from "../catalog/index.ts";
import { Refusal, Stalled } from "../runtime/index.ts";
import { namesEtag, parseRange } from "./conditional.ts";
import type { ServerDeps } from "./deps.ts";
import { toVersion, type Found } from "./published.ts";

type WantedArchive = {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  readonly format: ServedArchive["format"];
  readonly found: Found;
};

const MEDIA_TYPES = { "tar.gz": "application/gzip", zip: "application/zip" } as const;

/** Streams an archive, whole or in part. Its ETag is its digest, so what a client keeps is right for ever. */
export async function sendArchive(
  deps: ServerDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: WantedArchive,
): Promise<FastifyReply> {
  const archive = findArchive(toVersion(wanted.found), wanted.format);
  if (archive === undefined)
    throw new Refusal("not-found", "This version has no archive to serve.");
  const etag = `"${archive.sha256}"`;
  describe(reply, wanted, archive, etag);
  if (namesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  const ifRange = request.headers["if-range"];
  const isRangeFresh = typeof ifRange !== "string" || ifRange === etag;
  const range = parseRange(isRangeFresh ? request.headers.range : undefined, archive.size);
  if (range.kind === "unsatisfiable") {
    // Said of the refusal, not of the archive: nobody shall keep it.
    return reply
      .code(416)
      .removeHeader("etag")
      .removeHeader("repr-digest")
      .header("cache-control", "no-store")
      .header("content-range", `bytes */${archive.size}`)
      .send();
  }
  const { start, end } = range.kind === "part" ? range : { start: 0, end: archive.size - 1 };
  if (range.kind === "part") {
    void reply.code(206).header("content-range", `bytes ${start}-${end}/${archive.size}`);
  }
  void reply.header("content-length", end - start + 1);
  if (request.method === "HEAD") return reply.send();
  const stream = await deps.blobs.open(archive.sha256, { start, end });
  if (stream === undefined) {
    throw new Stalled("an archive that a version names is not in the store", {
      sha256: archive.sha256,
    });
  }
  const { team, name, version, format } = wanted;
  if (start === 0) deps.downloads.record({ team, name, version, format });
  return reply.send(stream);
}

function describe(
  reply: FastifyReply,
  { name, version, format, found }: WantedArchive,
  archive: ServedArchive,
  etag: string,
): void {
  const digest = Buffer.from(archive.sha256, "hex").toString("base64");
  const scope = found.isPublic ? "public" : "private";
  void reply
    .type(MEDIA_TYPES[format])
    .header("etag", etag)
    .header("repr-digest", `sha-256=:${digest}:`)
    .header("cache-control", `${scope}, max-age=31536000, immutable`)
    .header("accept-ranges", "bytes")
    .header("content-disposition", `attachment; filename="${name}-${version}.${format}"`);
  if (!found.isPublic) void reply.header("vary", "Authorization");
}
