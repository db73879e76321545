import { mkdtemp } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDirectoryStore, createPublicFiles } from "../src/blobs/index.ts";
import { createDownloads } from "../src/catalog/index.ts";
import type { Db } from "../src/db/index.ts";
import { createServer, type HookTargets, type ServerDeps } from "../src/http/index.ts";
import { silentLog, systemClock, systemIds } from "../src/runtime/index.ts";

export type TestServer = {
  readonly deps: ServerDeps;
  readonly port: number;
  ask(path: string, options?: Ask): Promise<Answer>;
  close(): Promise<void>;
};
export type Ask = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
};
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json(): Record<string, unknown> & { readonly [key: string]: never };
};

/** No control repo belongs to this server. */
const absentLaw: ServerDeps["law"] = {
  view: async () => Promise.reject(new Error("this test server has no law")),
  history: async () => Promise.reject(new Error("this test server has no law")),
  findWaivers: async () => [],
};

const nothing = async () => Promise.reject(new Error("this test server runs no evals"));
const noRuns: ServerDeps["evalRuns"] = {
  mayAsk: async () => false,
  ask: nothing,
  cancel: nothing,
};

/** The real server on a free port, with files in a folder of its own; what a test does not need is absent. */
export async function startTestServer(
  db: Db,
  given: Partial<ServerDeps> & { readonly hooks?: HookTargets } = {},
): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), "assay-http-"));
  const publicFiles = createPublicFiles(systemIds, join(home, "public"));
  const downloads = createDownloads({ db, publicFiles, clock: systemClock, log: silentLog });
  const deps: ServerDeps = {
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    db,
    blobs: createDirectoryStore(systemIds, join(home, "blobs")),
    publicFiles,
    evidenceOf: async () => undefined,
    downloads,
    hosting: {
      host: { serve: async () => undefined, stop: async () => undefined },
      find: async () => undefined,
    },
    hooks: { find: async () => undefined, receive: async () => ({ kind: "stored" }) },
    github: { secrets: [], receive: async () => ({ kind: "nothing" }) },
    publicUrl: () => "http://127.0.0.1",
    isDemo: false,
    trustedProxies: [],
    whyNotReady: async () => [],
    measures: async () => ({}),
    evalRuns: noRuns,
    law: absentLaw,
    siteParts: { codes: () => [], rules: [], signersOf: async () => [] },
    ...given,
  };
  const server = await createServer(deps);
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    deps,
    port,
    ask: async (path, options = {}) => ask(port, path, options),
    close: async () => {
      await server.close();
      await downloads.stop();
    },
  };
}

/** Plain node:http: unlike fetch it sends a path as it is given. */
async function ask(port: number, path: string, { method, headers, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        method: method ?? "GET",
        headers: { ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, bytes, text, json: () => JSON.parse(text) });
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
