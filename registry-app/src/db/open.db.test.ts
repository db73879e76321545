import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { MIGRATIONS } from "../../migrations/index.ts";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { migrateQueue } from "../queue/index.ts";
import { silentLog } from "../runtime/index.ts";
import { migrate, openDatabase } from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const owner = (path: string, change: (url: URL) => void = () => undefined) => {
  const url = new URL(inject("clusterUrl"));
  url.pathname = `/${path}`;
  change(url);
  return { url: url.href, log: silentLog };
};

it("works as a role that can neither change a table nor rewrite what must stay", async () => {
  const { pool } = database;
  const { rows } = await pool.query("SELECT current_user AS who, 9007199254740991::bigint AS big");
  expect(rows).toEqual([{ who: "assay_app", big: 9_007_199_254_740_991 }]);
  for (const forbidden of [
    "ALTER TABLE users ADD COLUMN x int",
    "DROP TABLE users",
    "CREATE TABLE public.mine (x int)",
    "UPDATE audit_log SET actor = 'someone else'",
    "DELETE FROM skill_versions",
    "DELETE FROM kysely_migration",
    "CREATE TABLE bullmq.mine (x int)",
  ]) {
    await expect(pool.query(forbidden)).rejects.toThrow(/permission denied|must be owner/);
  }
});

it("refuses a bigint that a number cannot hold, rather than round it", async () => {
  await expect(database.pool.query("SELECT 9007199254740993::bigint")).rejects.toThrow(
    /does not fit/,
  );
});

it("says what to do when the database cannot be opened", async () => {
  const nowhere = owner("postgres", (url) => (url.port = "1"));
  await expect(openDatabase(nowhere)).rejects.toMatchObject({
    name: "Refusal",
    code: "unavailable",
  });
  await expect(openDatabase(owner("not_there"))).rejects.toThrow(/does not exist/);
});

it("migrates once, whoever else tries at the same time, and finds nothing to do the next time", async () => {
  const name = `migrate_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = await openOwner("postgres");
  await admin.query(`CREATE DATABASE ${name}`);
  const options = { ...owner(name), migrations: MIGRATIONS, after: [migrateQueue] };
  const applied = await Promise.all([migrate(options), migrate(options), migrate(options)]);
  expect(applied.flat()).toEqual(Object.keys(MIGRATIONS));
  expect(await migrate(options)).toEqual([]);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

it("leaves nothing of a migration that fails", async () => {
  const broken = { "9999-broken": { up: async () => Promise.reject(new Error("on purpose")) } };
  const run = migrate({
    url: database.url,
    log: silentLog,
    migrations: { ...MIGRATIONS, ...broken },
  });
  await expect(run).rejects.toThrow("migration 9999-broken failed");
  const migrations = await migrate({ url: database.url, log: silentLog, migrations: MIGRATIONS });
  expect(migrations).toEqual([]);
});

it("refuses a database that a newer version has migrated, says which one to start, and changes nothing", async () => {
  const admin = await openOwner(new URL(database.url).pathname.slice(1));
  const names = async () =>
    (await admin.query<{ name: string }>("SELECT name FROM kysely_migration")).rows;
  await admin.query("INSERT INTO kysely_migration VALUES ('9998-of-tomorrow', now()::text)");
  const before = await names();
  const later = { up: async () => Promise.reject(new Error("must not run")) };
  const run = migrate({
    url: database.url,
    log: silentLog,
    migrations: { ...MIGRATIONS, "9999-later": later },
  });
  await expect(run).rejects.toMatchObject({
    name: "Refusal",
    code: "unavailable",
    message: expect.stringContaining("9998-of-tomorrow"),
    hint: expect.stringContaining("Start the newer version"),
  });
  expect(await names()).toEqual(before);
  await admin.query("DELETE FROM kysely_migration WHERE name = '9998-of-tomorrow'");
  await admin.end();
});

async function openOwner(name: string) {
  const { Client } = await import("pg");
  const client = new Client({ connectionString: owner(name).url });
  await client.connect();
  return client;
}
