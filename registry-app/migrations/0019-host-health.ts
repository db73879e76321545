import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // What is known of how a host and we reach each other, one row for each kind of fact.
  `CREATE TABLE host_health (name text PRIMARY KEY, at timestamptz NOT NULL, detail jsonb NOT NULL)`,
  // Deliveries that the host could not make, and that it was asked to make again.
  `CREATE TABLE host_redeliveries (
     guid text PRIMARY KEY, attempts integer NOT NULL, not_before timestamptz NOT NULL, asked_at timestamptz NOT NULL)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON host_health, host_redeliveries TO assay_app`,
];

/** Health of the line to a host, and deliveries that failed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
