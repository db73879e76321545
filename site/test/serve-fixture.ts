import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import type { AssayPort } from "../src/data/port.ts";
import { NOW } from "./fixture-skills.ts";

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: undefined,
  locals: App.Locals,
) => Promise<void>;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Mounts a built site as `bin` does, on a free port of the loopback. */
export async function serveFixture(dist: string, port: AssayPort): Promise<Server> {
  const entry = pathToFileURL(join(dist, "server/entry.mjs")).href;
  const { handler } = (await import(entry)) as { handler: Handler };
  const server = createServer((request, response) => {
    void answer(dist, port, handler, request, response);
  });
  await new Promise<void>((resolve) =>
    server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", resolve),
  );
  return server;
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  dist: string,
  port: AssayPort,
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const type = TYPES[extname(path)];
  const file = join(dist, "client", normalize(path));
  if (type !== undefined && (await stat(file).catch(() => undefined))?.isFile()) {
    response.setHeader("content-type", type);
    createReadStream(file).pipe(response);
    return;
  }
  await handler(request, response, undefined, {
    assay: port,
    viewer: { kind: "anonymous" },
    registry: { publicUrl: "https://skills.acme.example", isDemo: true },
    now: NOW,
  });
}
