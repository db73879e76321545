import { sql } from "kysely";
import type { EvalPolicy, Tx } from "../../db/index.ts";

export type WantedPullRun = {
  readonly pullId: string;
  readonly sourceId: string;
  readonly skill: string;
  readonly folder: string;
  readonly commitOid: string;
  readonly tarSha256: string;
  readonly priority: number;
  readonly policy: EvalPolicy;
  readonly at: Date;
};

/**
 * Asks for a run of one skill at the head of a pull request, once for each head; runs of an older head that are not over
 * are called off. Gives the id of a run that was added.
 */
export async function queuePull(tx: Tx, wanted: WantedPullRun): Promise<string | undefined> {
  const { pullId, sourceId, skill, folder, commitOid, tarSha256, priority, policy, at } = wanted;
  await sql`
    UPDATE eval_queues SET state = 'cancelled', summary = 'A newer commit was pushed.', finished_at = ${at}, lease_until = NULL
    WHERE pull_id = ${pullId} AND commit_oid <> ${commitOid} AND state IN ('queued', 'running')`.execute(
    tx,
  );
  const { rows } = await sql<{ id: string }>`
    INSERT INTO eval_queues (id, kind, version_id, pull_id, source_id, team_id, skill, folder, commit_oid, tar_sha256, reason,
      priority, requested_by, policy, state, not_before, created_at)
    SELECT gen_random_uuid(), 'pull-request', NULL, ${pullId}, s.id, s.team_id, ${skill}, ${folder}, ${commitOid},
      ${tarSha256}, 'pull-request', ${priority}, NULL, ${JSON.stringify(policy)}::jsonb, 'queued', ${at}, ${at}
    FROM sources s WHERE s.id = ${sourceId}
    ON CONFLICT (pull_id, folder, commit_oid) DO NOTHING RETURNING id`.execute(tx);
  return rows[0]?.id;
}

/** Has the runs of this head that are over run again; gives their ids. */
export async function rerunPull(
  tx: Tx,
  pullIds: readonly string[],
  commitOid: string,
  at: Date,
): Promise<readonly string[]> {
  if (pullIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    UPDATE eval_queues SET state = 'queued', reason = 're-run', status = NULL, outcome = NULL, summary = '', report = NULL,
      worker = NULL, lease_until = NULL, started_at = NULL, finished_at = NULL, not_before = ${at}
    WHERE pull_id = ANY(${[...pullIds]}::uuid[]) AND commit_oid = ${commitOid} AND state IN ('done', 'cancelled')
    RETURNING id`.execute(tx);
  return rows.map(({ id }) => id);
}
