import { Kysely, PostgresDialect } from "kysely";
import { Migrator, type Migration, type MigrationResultSet } from "kysely/migration";
import { Pool, type PoolClient } from "pg";
import { Refusal, type Log } from "../runtime/index.ts";
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
 * Any number of processes may call it at once: one works, the others wait and find nothing left to do. Refuses, with
 * nothing changed, a database that a newer version has migrated: this one does not know what its rows mean.
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
    await refuseNewer(holder, Object.keys(migrations));
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

async function refuseNewer(holder: PoolClient, known: readonly string[]): Promise<void> {
  const { rows: tables } = await holder.query<{ there: boolean }>(
    "SELECT to_regclass('public.kysely_migration') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) return;
  const { rows } = await holder.query<{ name: string }>(
    "SELECT name FROM public.kysely_migration WHERE name <> ALL($1::text[]) ORDER BY name",
    [known],
  );
  const names = rows.map(({ name }) => name);
  if (names.length === 0) return;
  throw new Refusal(
    "unavailable",
    `A newer version of Assay has migrated this database (${names.join(", ")}), and this version does not know what that means.`,
    "Start the newer version. To go back to this one, restore the backup from before the upgrade.",
    { unknown: names },
  );
}

async function applyMigrations(
  pool: Pool,
  migrations: Record<string, Migration>,
): Promise<readonly string[]> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrateToLatest(migrator);
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error")?.migrationName;
    throw new Error(`migration ${failed ?? "(before the first)"} failed`, { cause: error });
  }
  return results.map((result) => result.migrationName);
}

const DEADLOCK = "40P01";
const ATTEMPTS = 5;

/** A process of the version before may work on the same tables. Of two that wait for each other Postgres ends one, whole. */
async function migrateToLatest(migrator: Migrator): Promise<MigrationResultSet> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await migrator.migrateToLatest();
    if (attempt === ATTEMPTS || !isDeadlock(outcome.error)) return outcome;
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === DEADLOCK;
}
