import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { Client } from "pg";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { silentLog, systemIds } from "../runtime/index.ts";
import { CHECK_ROLE, openDatabase, type OpenDatabase } from "./open.ts";

const LOGIN = `check_${systemIds.next().replaceAll("-", "")}`;
let database: TestDatabase;
let checks: OpenDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // As an operator sets it up: a login of its own, which has this role and no other.
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`CREATE ROLE ${LOGIN} LOGIN PASSWORD 'only-in-this-test'`);
  await owner.query(`GRANT ${CHECK_ROLE} TO ${LOGIN}`);
  await owner.end();
  const url = new URL(database.url);
  url.username = LOGIN;
  url.password = "only-in-this-test";
  checks = await openDatabase({ url: url.href, log: silentLog, role: CHECK_ROLE });
});
afterAll(async () => {
  await checks.close();
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`DROP ROLE ${LOGIN}`);
  await owner.end();
  await database.close();
});

const attempt = (statement: string) =>
  sql
    .raw(statement)
    .execute(checks.db)
    .then(
      ({ numAffectedRows }) => `done ${String(numAffectedRows ?? 0n)}`,
      (cause: Error) => cause.message,
    );

const ID = "00000000-0000-4000-8000-000000000000";

describe("the role of the process that runs the code of strangers", () => {
  it.each([
    ["publish a version", `UPDATE skill_versions SET state = 'published'`],
    ["decide on one", `UPDATE skill_versions SET decision = '{}'`],
    ["change a tag", `UPDATE tags SET state = 'published'`],
    ["see people", `SELECT * FROM users`],
    ["see tokens", `SELECT * FROM tokens`],
    ["see how sources sign in", `SELECT * FROM source_credentials`],
    ["see what was law", `SELECT * FROM law_memory`],
    [
      "see or write the audit log",
      `INSERT INTO audit_log (at, actor, action, subject, detail) VALUES (now(), 'x', 'x', 'x', '{}')`,
    ],
    ["make new rules count", `UPDATE scan_rollouts SET state = 'in-force'`],
    ["give a run more of the machine", `UPDATE eval_queues SET policy = '{}'`],
    ["forget a run", `DELETE FROM eval_queues`],
    ["change what a version was seen to do", `UPDATE observations SET detail = '{}'`],
    ["forget it", `DELETE FROM observations`],
    ["place a line in the log", `UPDATE log_entries SET seq = 1`],
    ["take on the application's role", `SET ROLE assay_app`],
    ["make a table", `CREATE TABLE mine (x int)`],
  ])("may not %s", async (_what, statement) => {
    expect(await attempt(statement)).toMatch(/permission denied/);
  });

  it.each([
    [
      "a check that is not its own",
      `INSERT INTO checks (version_id, name, engine_version, outcome, created_at) VALUES ('${ID}', 'signature', 'x', 'pass', now())`,
    ],
    [
      "a finding of such a check",
      `INSERT INTO findings (id, version_id, check_name, rule, severity, message, file, line, "column") VALUES ('${ID}', '${ID}', 'validation', 'r', 'low', 'm', 'f', 1, 1)`,
    ],
    [
      "a line of the log that is a decision",
      `INSERT INTO log_entries (key, line, created_at) VALUES ('decided:x', '{"kind":"decided"}', now())`,
    ],
    [
      "a decision under the key of a check",
      `INSERT INTO log_entries (key, line, created_at) VALUES ('checked:x', '{"kind":"decided"}', now())`,
    ],
  ])("may not write %s", async (_what, statement) => {
    expect(await attempt(statement)).toMatch(/row-level security/);
  });

  it("writes the line of its own check", async () => {
    const line = `INSERT INTO log_entries (key, line, created_at) VALUES ('checked:own', '{"kind":"checked"}', now())`;
    expect(await attempt(line)).toBe("done 1");
  });
});
