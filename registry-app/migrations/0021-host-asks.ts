import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // What somebody asked for by a button on their host. What a webhook says of them gives no right: the host is asked for
  // it, and only then is it carried out.
  `CREATE TABLE host_asks (
     id uuid PRIMARY KEY, source_id uuid NOT NULL REFERENCES sources, guid text NOT NULL,
     what text NOT NULL CHECK (what IN ('again', 'run-evals', 'ask-waiver', 'judge')),
     login text NOT NULL, login_id bigint NOT NULL, external_id text, head_oid text NOT NULL,
     state text NOT NULL CHECK (state IN ('asked', 'allowed', 'refused', 'done')), answer text NOT NULL DEFAULT '',
     attempts integer NOT NULL DEFAULT 0, not_before timestamptz, asked_at timestamptz NOT NULL, answered_at timestamptz,
     UNIQUE (source_id, guid))`,
  `CREATE INDEX host_asks_open ON host_asks (source_id, asked_at) WHERE state IN ('asked', 'allowed')`,
  // The head of a fork that a maintainer let be judged; another head needs another word.
  `ALTER TABLE pulls ADD approved_oid text`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON host_asks TO assay_app`,
];

/** Buttons on checks, and forks that somebody vouched for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
