import { Kysely, PostgresDialect } from "kysely";
import { Pool, types, type CustomTypesConfig } from "pg";
import { Refusal, type Log } from "../runtime/index.ts";
import type { Database } from "./schema/database.ts";
import type { Db } from "./types.ts";

/** The role every connection of the product takes on. It owns nothing; migrations make it and grant it its rights. */
export const APP_ROLE = "assay_app";
/** The role of a process that does nothing but checks: it can claim and record its own (migration 0009). */
export const CHECK_ROLE = "assay_checks";

export type OpenDatabase = { readonly db: Db; readonly pool: Pool; close(): Promise<void> };
export type OpenOptions = {
  readonly url: string;
  readonly log: Log;
  /** `assay_app` unless another is named. */
  readonly role?: typeof APP_ROLE | typeof CHECK_ROLE;
  /** Connections kept at most. A process that consumes jobs holds one for each kind of job. */
  readonly maxConnections?: number;
};

/**
 * Connects to a migrated database as the role `assay_app`, or another that is named.
 * Throws a Refusal when the server cannot be reached, the role is missing, or this user may not take it on.
 */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const { url, log, role = APP_ROLE, maxConnections = 20 } = options;
  const pool = new Pool({
    connectionString: asRole(url, role),
    max: maxConnections,
    types: typeParsers,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on("error", (cause) => {
    // A pool that ends does not wait for its sockets, so the server may be the first to hang up.
    if (!pool.ending) log.warn({ cause }, "a database connection was lost");
  });
  try {
    await pool.query("SELECT 1");
  } catch (cause) {
    await pool.end();
    throw explainConnectError(cause, role);
  }
  return { db: kyselyOver(pool), pool, close: () => closeOnce(pool) };
}

// The queue calls its own functions by unqualified names, also inside our transactions.
const SEARCH_PATH = "public,bullmq";

function asRole(url: string, role: string): string {
  const parsed = new URL(url);
  const given = parsed.searchParams.get("options") ?? "";
  const ours = `-c role=${role} -c search_path=${SEARCH_PATH}`;
  parsed.searchParams.set("options", `${given} ${ours}`.trim());
  return parsed.href;
}

export function kyselyOver(pool: Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** bigint (sizes, counts, identities) arrives as a number; a value beyond 2^53 throws rather than losing digits. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === types.builtins.INT8
      ? parseBigint
      : types.getTypeParser(oid, format ?? "text")) as typeof types.getTypeParser,
};

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} does not fit a number`);
  return value;
}

async function closeOnce(pool: Pool): Promise<void> {
  if (!pool.ending) await pool.end();
}

const INVALID_ROLE = "22023";
const NO_RIGHT = "42501";
const NO_DATABASE = "3D000";
const BAD_LOGIN = new Set(["28P01", "28000"]);

/** Turns the common reasons why a database cannot be opened into a Refusal; anything else is returned as it came. */
export function explainConnectError(cause: unknown, role: string = APP_ROLE): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const detail = { cause };
  if (code === INVALID_ROLE || (code === NO_RIGHT && String(cause).includes("role"))) {
    return new Refusal(
      "unavailable",
      `The database has no role "${role}" that this user may take on.`,
      `Run "assay migrate" with the owner's DATABASE_URL, then "GRANT ${role} TO <user>" if the user differs.`,
      detail,
    );
  }
  if (code === NO_DATABASE) {
    return new Refusal(
      "unavailable",
      "The database named in DATABASE_URL does not exist.",
      "Create it with createdb, or correct DATABASE_URL.",
      detail,
    );
  }
  if (BAD_LOGIN.has(code)) {
    return new Refusal(
      "unavailable",
      "The database refused the user or the password in DATABASE_URL.",
      "Correct DATABASE_URL.",
      detail,
    );
  }
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT") {
    return new Refusal(
      "unavailable",
      "The database server in DATABASE_URL cannot be reached.",
      "Check that Postgres runs there, or unset DATABASE_URL to use the embedded one.",
      detail,
    );
  }
  return cause;
}
