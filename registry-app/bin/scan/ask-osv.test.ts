import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { NamedPackage } from "../../src/scan/index.ts";
import { startOsvServer, type OsvRecord, type OsvServer } from "../../test/fakes/osv-server.ts";
import { askOsv } from "./ask-osv.ts";

const open: Server[] = [];
const fakes: OsvServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const fake of fakes.splice(0)) await fake.close();
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

const pypi = (name: string, version: string | null): NamedPackage => {
  return { ecosystem: "pypi", name, version };
};
const record = (id: string, name: string, more: object = {}): OsvRecord => ({
  id,
  summary: "Does harm",
  affected: [{ package: { ecosystem: "PyPI", name }, versions: ["1.0"] }],
  ...more,
});
async function ask(
  records: readonly OsvRecord[],
  packages: readonly NamedPackage[],
  options: { readonly pageSize?: number } = {},
) {
  const osv = await startOsvServer(records, options);
  fakes.push(osv);
  return { osv, answer: await askOsv({ url: `${osv.url}/`, timeoutMs: 5_000 }, packages) };
}

describe("OSV", () => {
  it("is asked once for each package and version, and its records come as they are", async () => {
    const bad = record("MAL-2026-1", "Bad_Thing", { credits: [{ name: "Somebody" }] });
    const { osv, answer } = await ask(
      [bad, record("GHSA-1", "another")],
      [pypi("bad-thing", "1.0"), pypi("bad-thing", "1.0"), pypi("good", null)],
    );
    expect(osv.asked).toEqual([
      { package: { name: "bad-thing", ecosystem: "PyPI" }, version: "1.0" },
      { package: { name: "good", ecosystem: "PyPI" } },
    ]);
    expect(answer).toEqual({ kind: "answered", asked: 2, records: [bad], unread: 0 });
  });

  it("is asked by its own names of ecosystems, and not about those that it does not have", async () => {
    const { osv } = await ask(
      [],
      [
        { ecosystem: "go", name: "example.org/a", version: "v1.2.3" },
        { ecosystem: "cargo", name: "serde", version: null },
        { ecosystem: "brew", name: "jq", version: null },
      ],
    );
    expect(osv.asked).toEqual([
      { package: { name: "example.org/a", ecosystem: "Go" }, version: "1.2.3" },
      { package: { name: "serde", ecosystem: "crates.io" } },
    ]);
  });

  it("is not asked when there is nothing to ask about", async () => {
    const { osv, answer } = await ask([], []);
    expect(osv.requests()).toBe(0);
    expect(answer).toEqual({ kind: "answered", asked: 0, records: [], unread: 0 });
  });

  it("is asked for more where it has more than one page, and about many packages in several batches", async () => {
    const many = Array.from({ length: 7 }, (_, at) => record(`GHSA-${at}`, "popular"));
    const packages = Array.from({ length: 1_200 }, (_, at) => pypi(`some-${at}`, "1.0"));
    const { osv, answer } = await ask(many, [pypi("popular", null), ...packages], { pageSize: 3 });
    expect(answer.kind === "answered" && answer.records).toHaveLength(7);
    expect(osv.asked).toHaveLength(1_203);
  });

  it("that gives what was withdrawn or cannot be understood is told apart from what counts", async () => {
    const { answer } = await ask(
      [
        record("GHSA-1", "thing"),
        record("GHSA-2", "thing", { withdrawn: "2026-01-02T00:00:00Z" }),
        record("GHSA-3", "thing", { database_specific: "of another form" }),
      ],
      [pypi("thing", "1.0")],
    );
    expect(answer).toMatchObject({ records: [{ id: "GHSA-1" }], unread: 1 });
  });

  const endless = '{"results":[{"vulns":[],"next_page_token":"x"}]}';
  it.each<[string, RequestListener, RegExp]>([
    ["an error", (_, response) => response.writeHead(503).end("busy"), /answered 503/],
    ["a page that is no JSON", (_, response) => response.end("<html>"), /no JSON/],
    [
      "fewer answers than questions",
      (_, response) => response.end('{"results":[]}'),
      /0 answers to 1/,
    ],
    ["pages without an end", (_, response) => response.end(endless), /more than 50 pages/],
    ["another shape", (_, response) => response.end('{"vulns":[]}'), /no results/],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      /redirect/,
    ],
    [
      "more than it could have to say",
      (_, response) => response.end(`"${"x".repeat(9 * 1024 * 1024)}"`),
      /larger/,
    ],
    ["a record that it does not have", onlyBatch, /answered 404 to \/v1\/vulns\/GHSA-1/],
    ["half an answer", (_, response) => response.destroy(), /./],
  ])("that gives %s is no clean bill", async (_, listener, because) => {
    const wish = { url: await serve(listener), timeoutMs: 5_000 };
    expect(await askOsv(wish, [pypi("thing", "1.0")])).toEqual({
      kind: "unanswered",
      because: expect.stringMatching(because) as string,
    });
  });

  it("that is not there or never answers is given up, and why is said", async () => {
    const silent = { url: await serve(() => undefined), timeoutMs: 100 };
    const gone = await startOsvServer([]);
    await gone.close();
    const absent = { url: gone.url, timeoutMs: 5_000 };
    const answers = [silent, absent].map((wish) => askOsv(wish, [pypi("thing", "1.0")]));
    expect(await Promise.all(answers)).toEqual([
      { kind: "unanswered", because: "it took longer than 0.1 s" },
      { kind: "unanswered", because: expect.stringMatching(/ECONNREFUSED/) as string },
    ]);
  });
});

/** Names a record, and has none. */
function onlyBatch(
  { url }: Parameters<RequestListener>[0],
  response: Parameters<RequestListener>[1],
): void {
  if (url === "/v1/querybatch") response.end('{"results":[{"vulns":[{"id":"GHSA-1"}]}]}');
  else response.writeHead(404).end();
}
