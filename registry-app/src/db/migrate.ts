import { Kysely, PostgresDialect } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import { Pool, type PoolClient } from "pg";
import type { Log } from "../runtime/index.ts";
import { explainConnectError, typeParsers } from "./open.ts";
import { lockNumber } from "./transaction.ts";

/** One connection of the owner, for a library that keeps its own tables in a schema of its own. */
export type OwnerClient = PoolClient;
export type MigrateOptions = {
  /** The owner's URL. */
  readonly url: string;
  readonly log: Log;
  readonly migrations: Record<string, Migration>;
  /** Runs after the migrations, under the same lock; must be idempotent. */
  readonly after?: readonly ((client: OwnerClient) => Promise<void>)[];
};

/**
 * Brings the schema up to date and returns the names of the migrations that it applied, in order.
 * Any number of processes may call it at once: one works, the others wait and find nothing left to do.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const { url, log, migrations, after = [] } = options;
  // Two connections at most: one holds the lock and runs the hooks, the Migrator has the other.
  const pool = new Pool({ connectionString: url, max: 2, types: typeParsers });
  pool.on("error", (cause) => log.warn({ cause }, "a database connection was lost"));
  const holder = await pool.connect().catch(async (cause: unknown) => {
    await pool.end();
    throw explainConnectError(cause);
  });
  const lock = lockNumber("assay:migrate");
  try {
    await holder.query("SELECT pg_advisory_lock($1::bigint)", [lock]);
    const applied = await applyMigrations(pool, migrations);
    for (const hook of after) await hook(holder);
    log.info(
      { applied },
      applied.length === 0 ? "the schema is up to date" : "the schema was migrated",
    );
    return applied;
  } finally {
    // Closing the connection gives the lock back, also after a hook left it in a failed state.
    holder.release(true);
    await pool.end();
  }
}

async function applyMigrations(
  pool: Pool,
  migrations: Record<string, Migration>,
): Promise<readonly string[]> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error")?.migrationName;
    throw new Error(`migration ${failed ?? "(before the first)"} failed`, { cause: error });
  }
  return results.map((result) => result.migrationName);
}
