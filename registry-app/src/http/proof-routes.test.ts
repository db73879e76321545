import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../test/server.ts";
import { evidencePath } from "../catalog/index.ts";
import type { Db } from "../db/index.ts";
import { CHECKPOINT_PATH } from "../publish/index.ts";

/** A database that answers every touch as one that is down does. */
const down = new Proxy({} as Db, {
  get: () => {
    const facts = { code: "ECONNREFUSED", syscall: "connect" };
    throw Object.assign(new Error("connect ECONNREFUSED"), facts);
  },
});
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(down);
});
afterAll(() => server.close());

it("with Postgres down, what proves a public version and the log's size are served as they were written", async () => {
  const evidence = (version: string) => `/api/v1/skills/acme/pdf/versions/${version}/evidence`;
  expect((await server.ask("/api/v1/log/checkpoint")).status).toBe(404);
  const { publicFiles } = server.deps;
  await publicFiles.write(evidencePath("acme", "pdf", "1.0.0"), Buffer.from('{"a":1}'));
  await publicFiles.write(CHECKPOINT_PATH, Buffer.from('{"size":3}'));
  const found = await server.ask(evidence("1.0.0"));
  expect([found.status, found.text]).toEqual([200, '{"a":1}']);
  expect(found.headers["cache-control"]).toBe("public, no-cache");
  expect((await server.ask("/api/v1/log/checkpoint")).text).toBe('{"size":3}');
  expect((await server.ask(evidence("2.0.0"))).status).toBe(503);
});
