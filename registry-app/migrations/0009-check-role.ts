import { sql, type Kysely } from "kysely";

/**
 * The role of the process that runs the code of strangers. It claims and records its own checks: it reads what it has
 * to judge, and can neither publish, nor touch a check that is not its own, nor see people, tokens or credentials.
 */
const STATEMENTS = [
  `DO $$ BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_checks') THEN CREATE ROLE assay_checks NOLOGIN; END IF;
   EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  `GRANT USAGE ON SCHEMA public TO assay_checks`,
  `GRANT SELECT ON sources, teams, skills, skill_versions, skill_files, tags, looks, security_scans, checks, findings,
     eval_queues, eval_results, dead_letters TO assay_checks`,
  `GRANT INSERT, UPDATE ON checks, security_scans, eval_results, dead_letters TO assay_checks`,
  `GRANT INSERT, DELETE ON findings TO assay_checks`,
  `GRANT DELETE ON eval_results TO assay_checks`,
  `GRANT INSERT ON eval_queues TO assay_checks`,
  `GRANT UPDATE (state, attempt, worker, lease_until, not_before, started_at, finished_at, status, outcome, summary, report)
     ON eval_queues TO assay_checks`,
  `GRANT SELECT (key), INSERT (key, line, created_at) ON log_entries TO assay_checks`,
  // Of tables that it shares it has only the rows that are its own to write; everybody else has all of them.
  ...["checks", "findings", "log_entries"].flatMap((table) => [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY ${table}_all ON ${table} TO assay_app USING (true) WITH CHECK (true)`,
  ]),
  `CREATE POLICY checks_own ON checks TO assay_checks
     USING (name IN ('scan', 'evals')) WITH CHECK (name IN ('scan', 'evals'))`,
  `CREATE POLICY findings_own ON findings TO assay_checks
     USING (check_name IN ('scan', 'evals')) WITH CHECK (check_name IN ('scan', 'evals'))`,
  `CREATE POLICY log_entries_own ON log_entries TO assay_checks
     USING (key LIKE 'checked:%') WITH CHECK (key LIKE 'checked:%' AND line::jsonb ->> 'kind' = 'checked')`,
  // A lock on a row needs the right to change it; this gives the lock alone.
  `CREATE FUNCTION lock_version(wanted uuid) RETURNS TABLE (state text, decided_at timestamptz)
     LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
     AS 'SELECT v.state, v.decided_at FROM public.skill_versions v WHERE v.id = wanted FOR UPDATE'`,
  `REVOKE ALL ON FUNCTION lock_version FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION lock_version TO assay_app, assay_checks`,
];

/** A role for the process that runs checks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
