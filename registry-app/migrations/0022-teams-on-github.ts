import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // The GitHub team that the law names for a team, when it is looked at next, and what came of it.
  `CREATE TABLE github_teams (
     team_id uuid PRIMARY KEY REFERENCES teams, org text NOT NULL, slug text NOT NULL,
     due_at timestamptz NOT NULL, looked_at timestamptz,
     attempts integer NOT NULL DEFAULT 0, problem text, failing_since timestamptz,
     is_told boolean NOT NULL DEFAULT false, waiting jsonb, accepted_digest text)`,
  // Who an account is there. The login says who was meant; the id, once known, is what counts.
  `CREATE TABLE github_links (
     user_id uuid PRIMARY KEY REFERENCES users, login text NOT NULL, github_id text UNIQUE,
     linked_at timestamptz NOT NULL)`,
  `CREATE UNIQUE INDEX github_links_login ON github_links (lower(login))`,
  // Who was seen in the GitHub team, from when and until when; open rows are who is in it.
  `CREATE TABLE github_members (
     team_id uuid NOT NULL REFERENCES teams, github_id text NOT NULL, login text NOT NULL,
     role text NOT NULL CHECK (role IN ('member', 'admin')),
     since timestamptz NOT NULL, until timestamptz,
     PRIMARY KEY (team_id, github_id, since))`,
  `CREATE UNIQUE INDEX github_members_open ON github_members (github_id, team_id) WHERE until IS NULL`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON github_teams, github_links, github_members TO assay_app`,
];

/** Teams whose people come from GitHub. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
