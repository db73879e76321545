import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

/** A record as OSV gives it, with as much as is needed to be found. */
export type OsvRecord = {
  readonly id: string;
  readonly affected: readonly {
    readonly package: { readonly ecosystem: string; readonly name: string };
    /** Versions that are named; none: every version. */
    readonly versions?: readonly string[];
  }[];
  readonly [field: string]: unknown;
};

/** What one question was about, as it came. */
export type OsvQuery = z.infer<typeof QUERY>;

export type OsvServer = {
  readonly url: string;
  /** Every question of every batch. */
  readonly asked: OsvQuery[];
  /** How many requests there were, of either kind. */
  requests(): number;
  close(): Promise<void>;
};

const QUERY = z.strictObject({
  package: z.strictObject({ name: z.string().min(1), ecosystem: z.string().min(1) }),
  version: z.string().optional(),
  page_token: z.string().optional(),
});
const BATCH = z.strictObject({ queries: z.array(QUERY).max(1_000) });

/**
 * What `api.osv.dev` does, for these records: batches answer with names of records alone, a page at a time, and each
 * record is asked for by its name. A question of another form is refused, as OSV does.
 */
export async function startOsvServer(
  records: readonly OsvRecord[],
  { pageSize = 1_000 }: { readonly pageSize?: number } = {},
): Promise<OsvServer> {
  const asked: OsvQuery[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const send = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const path = request.url ?? "";
    if (request.method === "GET" && path.startsWith("/v1/vulns/")) {
      const id = decodeURIComponent(path.slice("/v1/vulns/".length));
      const record = records.find((one) => one.id === id);
      return void send(record === undefined ? 404 : 200, record ?? { code: 5, message: "absent" });
    }
    if (request.method !== "POST" || path !== "/v1/querybatch")
      return void send(404, { code: 5, message: "no such method" });
    const batch = BATCH.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    if (!batch.success) return void send(400, { code: 3, message: "invalid query" });
    asked.push(...batch.data.queries);
    send(200, { results: batch.data.queries.map(resultOf) });
  }
  function resultOf(query: OsvQuery): object {
    const from = Number(query.page_token ?? 0);
    const found = records.filter((record) => isAbout(record, query));
    const vulns = found
      .slice(from, from + pageSize)
      .map(({ id }) => ({ id, modified: "2026-01-01T00:00:00Z" }));
    if (vulns.length === 0) return {};
    const isMore = found.length > from + pageSize;
    return { vulns, ...(isMore && { next_page_token: String(from + pageSize) }) };
  }
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** OSV knows names of PyPI in their normal form. */
function isAbout({ affected }: OsvRecord, { package: asked, version }: OsvQuery): boolean {
  const normal = (ecosystem: string, name: string) =>
    ecosystem === "PyPI" ? name.toLowerCase().replaceAll(/[-_.]+/g, "-") : name;
  return affected.some(
    ({ package: { ecosystem, name }, versions = [] }) =>
      ecosystem === asked.ecosystem &&
      normal(ecosystem, name) === normal(ecosystem, asked.name) &&
      (version === undefined || versions.length === 0 || versions.includes(version)),
  );
}
