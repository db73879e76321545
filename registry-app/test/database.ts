import { Client } from "pg";
import { inject } from "vitest";
import { openDatabase, type Db, type OpenDatabase } from "../src/db/index.ts";
import { silentLog, systemIds } from "../src/runtime/index.ts";

export type TestDatabase = {
  /** The owner's URL, for what `assay_app` may not do. */
  readonly url: string;
  readonly db: Db;
  readonly pool: OpenDatabase["pool"];
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
};

/** A migrated, empty database for one test file, opened as the product opens it (role `assay_app`). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = inject("clusterUrl");
  const name = `test_${systemIds.next().replaceAll("-", "")}`;
  await runAsOwner(clusterUrl, `CREATE DATABASE ${name} TEMPLATE ${inject("templateName")}`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  const { db, pool, close } = await openDatabase({ url: url.href, log: silentLog });
  return {
    url: url.href,
    db,
    pool,
    close: async () => {
      await close();
      await runAsOwner(clusterUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function runAsOwner(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
