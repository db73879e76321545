import { MIGRATIONS } from "../../migrations/index.ts";
import { migrate, openDatabase, startEmbedded, type OpenDatabase } from "../../src/db/index.ts";
import { migrateQueue } from "../../src/queue/index.ts";
import { systemIds, type Config, type Log, type Shutdown } from "../../src/runtime/index.ts";

export type Data = OpenDatabase & {
  /** The owner's URL. */
  readonly url: string;
};

/**
 * Postgres, migrated and opened as the application's role: the server in DATABASE_URL, or the embedded one, started
 * here or found running. Closing is left to `shutdown`, the embedded server last.
 */
export async function openData(config: Config, log: Log, shutdown: Shutdown): Promise<Data> {
  const url = config.databaseUrl ?? (await startOwn(config, log, shutdown));
  await migrate({ url, log, migrations: MIGRATIONS, after: [migrateQueue] });
  const opened = await openDatabase({ url, log, maxConnections: 24 });
  shutdown.onStop("database connections", opened.close);
  return { ...opened, url };
}

async function startOwn(config: Config, log: Log, shutdown: Shutdown): Promise<string> {
  const embedded = await startEmbedded({ dir: config.home, log, ids: systemIds });
  shutdown.onStop("embedded Postgres", embedded.stop);
  return embedded.url;
}
