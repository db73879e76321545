import { Refusal, type Config } from "../../src/runtime/index.ts";

/** DATABASE_URL; throws a Refusal without it: an embedded Postgres ends with the one process that started it. */
export function requireDatabase(config: Config, command: string): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  throw new Refusal(
    "bad-request",
    `assay ${command} is one of several processes and needs a database that all of them reach.`,
    "Set DATABASE_URL to a Postgres server, or run everything in one process: npx assay up",
  );
}
