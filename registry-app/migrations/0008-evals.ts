import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // One row is one run of one skill's cases. What may be used of the machine stands in it, so that whoever runs it need
  // not know the law.
  `CREATE TABLE eval_queues (
     id uuid PRIMARY KEY,
     kind text NOT NULL CHECK (kind IN ('version', 'pull-request')),
     version_id uuid REFERENCES skill_versions,
     source_id uuid NOT NULL REFERENCES sources, team_id uuid NOT NULL REFERENCES teams,
     skill text NOT NULL, folder text NOT NULL, commit_oid text NOT NULL,
     reason text NOT NULL CHECK (reason IN ('tag', 'pull-request', 're-run', 'no-sandbox', 'errored')),
     priority integer NOT NULL, requested_by text, policy jsonb NOT NULL,
     state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled')),
     attempt integer NOT NULL DEFAULT 0, worker text, lease_until timestamptz, not_before timestamptz NOT NULL,
     created_at timestamptz NOT NULL, started_at timestamptz, finished_at timestamptz,
     status text CHECK (status IN ('passed', 'failed', 'errored', 'skipped', 'ungraded')),
     outcome text, summary text NOT NULL DEFAULT '', report jsonb,
     CHECK ((kind = 'version') = (version_id IS NOT NULL)))`,
  `CREATE UNIQUE INDEX eval_queues_one_waits ON eval_queues (version_id) WHERE state = 'queued'`,
  `CREATE INDEX eval_queues_waiting ON eval_queues (kind, priority, created_at) WHERE state = 'queued'`,
  `CREATE INDEX eval_queues_running ON eval_queues (lease_until) WHERE state = 'running'`,
  `CREATE INDEX eval_queues_of_version ON eval_queues (version_id, created_at DESC)`,
  `CREATE INDEX eval_queues_of_team ON eval_queues (team_id, finished_at)`,
  `CREATE TABLE eval_results (
     queue_id uuid NOT NULL REFERENCES eval_queues ON DELETE CASCADE,
     case_id text NOT NULL, arm text NOT NULL CHECK (arm IN ('with-skill', 'no-skill', 'previous-version')),
     position integer NOT NULL, attempt integer NOT NULL,
     name text NOT NULL, kind text NOT NULL CHECK (kind IN ('script', 'agent', 'trigger')),
     status text NOT NULL CHECK (status IN ('running', 'passed', 'failed', 'timeout', 'errored', 'skipped', 'ungraded')),
     is_required boolean NOT NULL, is_flaky boolean NOT NULL DEFAULT false,
     trials integer NOT NULL DEFAULT 0, passed_trials integer NOT NULL DEFAULT 0, score real,
     duration_ms integer, cpu_ms integer, peak_memory_bytes bigint,
     detail jsonb NOT NULL DEFAULT '{}', log_sha256 text, cache_key text, is_cached boolean NOT NULL DEFAULT false,
     started_at timestamptz NOT NULL, finished_at timestamptz,
     PRIMARY KEY (queue_id, case_id, arm))`,
  `CREATE INDEX eval_results_cache ON eval_results (cache_key, finished_at DESC) WHERE NOT is_cached`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON eval_queues, eval_results TO assay_app`,
];

/** Runs of evals, and what came of each case. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
