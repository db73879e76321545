import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  // The runs of a pull request's head, each case beside the newest run of the version that is released now: what the
  // host is told and what the page shows. Only what passed or failed on both sides is evidence of a change.
  `CREATE VIEW pull_evals WITH (security_invoker = true) AS
   SELECT q.pull_id, q.commit_oid, jsonb_agg(jsonb_build_object('skill', q.skill, 'folder', q.folder, 'state', q.state,
       'outcome', q.outcome, 'summary', q.summary, 'against', b.version, 'cases', coalesce(c.cases, '[]'::jsonb),
       'removed', coalesce(g.names, '[]'::jsonb)) ORDER BY q.folder) AS evals
   FROM eval_queues q
     LEFT JOIN LATERAL (
       SELECT v.version, e.id FROM skills k JOIN skill_versions v ON v.id = k.latest_version_id
         JOIN eval_queues e ON e.version_id = v.id AND e.state = 'done'
       WHERE k.source_id = q.source_id AND k.name = q.skill ORDER BY e.finished_at DESC LIMIT 1) b ON q.state = 'done'
     LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('name', r.name, 'status', r.status, 'isRequired', r.is_required,
           'durationMs', r.duration_ms, 'change', CASE WHEN b.id IS NULL THEN NULL WHEN o.status IS NULL THEN 'added'
             WHEN r.status = o.status THEN 'same'
             WHEN o.status = 'passed' AND r.status IN ('failed', 'timeout') THEN 'broken'
             WHEN r.status = 'passed' AND o.status IN ('failed', 'timeout') THEN 'mended' ELSE 'unknown' END)
           ORDER BY r.position) AS cases
       FROM eval_results r LEFT JOIN eval_results o ON o.queue_id = b.id AND o.case_id = r.case_id AND o.arm = r.arm
       WHERE r.queue_id = q.id AND r.arm = 'with-skill') c ON q.state = 'done'
     LEFT JOIN LATERAL (
       SELECT jsonb_agg(o.name ORDER BY o.position) AS names FROM eval_results o
       WHERE o.queue_id = b.id AND o.arm = 'with-skill' AND NOT EXISTS (
         SELECT FROM eval_results r WHERE r.queue_id = q.id AND r.case_id = o.case_id AND r.arm = o.arm)) g ON true
   WHERE q.pull_id IS NOT NULL GROUP BY q.pull_id, q.commit_oid`,
  `GRANT SELECT ON pull_evals TO assay_app`,
];

/** The runs of pull requests beside those of what is released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
