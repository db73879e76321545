import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { transaction } from "../db/index.ts";
import { listAudit, record } from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const entry = (actor: string, action: string, subject: string) => ({
  actor,
  action,
  subject,
  detail: { note: "it's <b>fine</b>" },
  at: new Date(Date.UTC(2026, 0, 2)),
});

it("keeps an entry with its change and drops it with it", async () => {
  await transaction(database.db, (tx) => record(tx, entry("user:a@x", "token.create", "token:1")));
  const failing = transaction(database.db, async (tx) => {
    await record(tx, entry("user:a@x", "token.revoke", "token:1"));
    throw new Error("on purpose");
  });
  await expect(failing).rejects.toThrow("on purpose");
  const [found, ...others] = await listAudit(database.db, { subject: "token:1" });
  expect(found).toMatchObject(entry("user:a@x", "token.create", "token:1"));
  expect(others).toEqual([]);
});

it("lists the latest first, by who, what and to what, a page at a time", async () => {
  const subjects = ["s1", "s2", "s3", "s4"];
  await transaction(database.db, async (tx) => {
    for (const subject of subjects) await record(tx, entry("assay", "source.sync", subject));
    await record(tx, entry("user:b@x", "source.add", "s1"));
  });
  const page = await listAudit(database.db, { action: "source.sync", actor: "assay", limit: 3 });
  expect(page.map(({ subject }) => subject)).toEqual(["s4", "s3", "s2"]);
  const next = await listAudit(database.db, {
    action: "source.sync",
    before: page.at(-1)?.id ?? 0,
  });
  expect(next.map(({ subject }) => subject)).toEqual(["s1"]);
});
