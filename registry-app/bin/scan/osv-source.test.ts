import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { makeDependency, type Dependency } from "../../src/scan/dependencies/dependency.ts";
import { createOsvSource } from "./osv-source.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function dependency(spelled: string, version: string | null): Dependency {
  const at = { file: "requirements.txt", line: 1, via: [] };
  const made = makeDependency("pypi", {
    spelled,
    version,
    isPinned: version !== null,
    how: "manifest",
    at,
  });
  if (made === undefined) throw new Error(`no dependency: ${spelled}`);
  return made;
}

const RECORD = {
  id: "MAL-2026-1",
  summary: "Does harm",
  affected: [{ package: { ecosystem: "PyPI", name: "Bad_Thing" }, versions: ["1.0"] }],
};

/** A registry of one record, that keeps what it was asked. */
function osv(asked: unknown[]): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/v1/vulns/MAL-2026-1") {
        response.end(JSON.stringify(RECORD));
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        queries: { package: { name: string } }[];
      };
      asked.push(body);
      const results = body.queries.map((query) =>
        query.package.name === "bad-thing" ? { vulns: [{ id: "MAL-2026-1", modified: "x" }] } : {},
      );
      response.end(JSON.stringify({ results }));
    });
  };
}

describe("OSV", () => {
  it("is asked once for each package and version, and its records become advisories", async () => {
    const asked: unknown[] = [];
    const source = createOsvSource({ url: await serve(osv(asked)), timeoutMs: 5_000 });
    const found = await source([
      dependency("Bad.Thing", "1.0"),
      dependency("bad-thing", "1.0"),
      dependency("good", null),
    ]);
    expect(asked).toEqual([
      {
        queries: [
          { package: { name: "bad-thing", ecosystem: "PyPI" }, version: "1.0" },
          { package: { name: "good", ecosystem: "PyPI" } },
        ],
      },
    ]);
    expect(found).toMatchObject([
      { id: "MAL-2026-1", package: "bad-thing", kind: "malicious", versions: ["1.0"] },
    ]);
  });

  it("is not asked when there is nothing to ask about", async () => {
    const source = createOsvSource({ url: "http://127.0.0.1:1", timeoutMs: 5_000 });
    expect(await source([])).toEqual([]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ["an error", (_, response) => response.writeHead(503).end("busy"), /answered 503/],
    ["a page that is no JSON", (_, response) => response.end("<html>"), /JSON/],
    [
      "fewer answers than questions",
      (_, response) => response.end('{"results":[]}'),
      /0 answers to 1/,
    ],
    [
      "a first page only",
      (_, response) => response.end('{"results":[{"vulns":[],"next_page_token":"x"}]}'),
      /more records/,
    ],
    ["another shape", (_, response) => response.end('{"vulns":[]}'), /results/],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      /fetch failed/,
    ],
    [
      "more than it could have to say",
      (_, response) => response.end(`"${"x".repeat(9 * 1024 * 1024)}"`),
      /larger/,
    ],
  ])("that gives %s is no clean bill", async (_, listener, message) => {
    const source = createOsvSource({ url: await serve(listener), timeoutMs: 5_000 });
    await expect(source([dependency("thing", "1.0")])).rejects.toThrow(message);
  });

  it("that never answers is given up", async () => {
    const source = createOsvSource({ url: await serve(() => undefined), timeoutMs: 100 });
    await expect(source([dependency("thing", "1.0")])).rejects.toThrow(/timeout/i);
  });
});
