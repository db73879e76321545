import { sql } from "kysely";
import {
  lockInTx,
  transaction,
  type Db,
  type EvalPolicy,
  type EvalReason,
  type EvalRunStatus,
  type EvalSubject,
  type Outcome,
  type Tx,
} from "../../db/index.ts";

/** A run that this worker may do until its lease ends. */
export type ClaimedRun = {
  readonly id: string;
  readonly kind: EvalSubject;
  readonly versionId: string | null;
  readonly sourceId: string;
  readonly skill: string;
  readonly folder: string;
  readonly commitOid: string;
  /** The archive of the skill. */
  readonly tarSha256: string | null;
  /** Whether the version was refused meanwhile. */
  readonly isRefused: boolean;
  readonly reason: EvalReason;
  readonly policy: EvalPolicy;
  /** Goes with everything that this claim writes. */
  readonly attempt: number;
  /** The claim before it ended without a word: its worker died. */
  readonly isTakeover: boolean;
};

/** The folder of a version that evals are read from. */
export const EVALS_FILE = "evals/evals.json";

export type WantedRuns = {
  readonly versionIds: readonly string[];
  readonly reason: EvalReason;
  readonly priority: number;
  readonly requestedBy: string | null;
  readonly policy: EvalPolicy;
  readonly at: Date;
};

/** A history that a repo brings along waits behind what people have just tagged. */
const IMPORTED_LATER = 40;

/**
 * Asks for a run of each of these versions that has evals; one that waits already is not asked for twice. Returns the
 * versions that a run was added for.
 */
export async function queueVersions(tx: Tx, wanted: WantedRuns): Promise<readonly string[]> {
  if (wanted.versionIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    INSERT INTO eval_queues (id, kind, version_id, source_id, team_id, skill, folder, commit_oid, reason, priority,
      requested_by, policy, state, not_before, created_at)
    SELECT gen_random_uuid(), 'version', v.id, k.source_id, k.team_id, k.name, k.folder, v.commit_oid, ${wanted.reason},
      ${wanted.priority} + CASE WHEN g.imported THEN ${IMPORTED_LATER} ELSE 0 END, ${wanted.requestedBy}, ${JSON.stringify(wanted.policy)}::jsonb, 'queued', ${wanted.at}, ${wanted.at}
    FROM skill_versions v JOIN skills k ON k.id = v.skill_id JOIN tags g ON g.id = v.tag_id
    JOIN skill_files f ON f.version_id = v.id AND f.path = ${EVALS_FILE}
    WHERE v.id = ANY(${[...wanted.versionIds]}::uuid[])
    ON CONFLICT (version_id) WHERE state = 'queued' DO NOTHING
    RETURNING version_id AS id`.execute(tx);
  return rows.map(({ id }) => id);
}

const DAY_MS = 86_400_000;

/**
 * Takes the run whose turn it is: by priority, then the team with the fewest running, then age. Runs whose lease has
 * ended are there again. Undefined when nothing may be run now.
 */
export async function claimRun(
  db: Db,
  { kind, worker, now, leaseUntil }: ClaimWish,
): Promise<ClaimedRun | undefined> {
  return transaction(db, async (tx) => {
    // Two claims at once would each count what runs without the other.
    await lockInTx(tx, "eval-claim");
    const { rows } = await sql<ClaimedRun & { readonly wasRunning: boolean }>`
      WITH alive AS (
        SELECT team_id, count(*)::int AS n FROM eval_queues
        WHERE state = 'running' AND lease_until > ${now} GROUP BY team_id),
      used AS (
        SELECT team_id, sum(extract(epoch FROM finished_at - started_at)) / 60 AS minutes FROM eval_queues
        WHERE finished_at > ${new Date(now.getTime() - DAY_MS)} AND started_at IS NOT NULL GROUP BY team_id),
      next AS (
        SELECT q.id, q.state = 'running' AS "wasRunning" FROM eval_queues q
        LEFT JOIN alive a ON a.team_id = q.team_id LEFT JOIN used u ON u.team_id = q.team_id
        WHERE q.kind = ${kind}
          AND ((q.state = 'queued' AND q.not_before <= ${now}) OR (q.state = 'running' AND q.lease_until <= ${now}))
          AND coalesce(a.n, 0) < (q.policy->>'slots')::int
          AND coalesce(u.minutes, 0) < (q.policy->>'minutesPerDay')::int
        ORDER BY q.priority, coalesce(a.n, 0), q.created_at, q.id LIMIT 1)
      UPDATE eval_queues q SET state = 'running', attempt = q.attempt + 1, worker = ${worker}, lease_until = ${leaseUntil},
        started_at = ${now}
      FROM next WHERE q.id = next.id
      RETURNING q.id, q.kind, q.version_id AS "versionId", q.source_id AS "sourceId", q.skill, q.folder,
        q.commit_oid AS "commitOid", q.policy, q.attempt, q.reason, next."wasRunning",
        coalesce((SELECT v.tar_sha256 FROM skill_versions v WHERE v.id = q.version_id), q.tar_sha256) AS "tarSha256",
        coalesce((SELECT v.state = 'refused' FROM skill_versions v WHERE v.id = q.version_id), false) AS "isRefused"`.execute(
      tx,
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const { wasRunning, ...claimed } = row;
    return { ...claimed, isTakeover: wasRunning };
  });
}

export type ClaimWish = {
  readonly kind: EvalSubject;
  /** Names the process on pages. */
  readonly worker: string;
  readonly now: Date;
  readonly leaseUntil: Date;
};

type Claim = Pick<ClaimedRun, "id" | "attempt">;

/** False when the run is no longer this claim's: it was cancelled, or another worker has it. */
export async function renewLease(db: Db, { id, attempt }: Claim, until: Date): Promise<boolean> {
  const row = await db
    .updateTable("eval_queues")
    .set({ lease_until: until })
    .where("id", "=", id)
    .where("attempt", "=", attempt)
    .where("state", "=", "running")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** As `renewLease`, for the rest of the transaction: what this claim writes in it is written by nobody else. */
export async function holdClaim(tx: Tx, { id, attempt }: Claim): Promise<boolean> {
  const row = await tx
    .selectFrom("eval_queues")
    .where("id", "=", id)
    .where("attempt", "=", attempt)
    .where("state", "=", "running")
    .select("id")
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export type FinishedRun = {
  readonly status: EvalRunStatus;
  readonly outcome: Outcome;
  readonly summary: string;
  readonly report: object;
  readonly at: Date;
};

/** Closes a run that `holdClaim` holds. */
export async function putFinished(tx: Tx, { id }: Claim, run: FinishedRun): Promise<void> {
  await tx
    .updateTable("eval_queues")
    .set({
      state: "done",
      status: run.status,
      outcome: run.outcome,
      summary: run.summary,
      report: JSON.stringify(run.report),
      lease_until: null,
      finished_at: run.at,
    })
    .where("id", "=", id)
    .execute();
}

/** Puts a run that failed on our side back, to be tried again from `notBefore` on. */
export async function putBack(
  tx: Tx,
  { id }: Claim,
  { notBefore, summary, at }: { notBefore: Date; summary: string; at: Date },
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    UPDATE eval_queues q SET state = 'queued', lease_until = NULL, worker = NULL, not_before = ${notBefore},
      summary = ${summary}
    WHERE q.id = ${id} AND NOT EXISTS (SELECT FROM eval_queues o WHERE o.version_id = q.version_id AND o.state = 'queued')
    RETURNING q.id`.execute(tx);
  if (rows.length === 0) await cancelRun(tx, id, "Another run of the same version waits.", at);
}

/** Ends a run that waits or runs; the worker that has it sees that at its next renewal. False when it was over already. */
export async function cancelRun(db: Db | Tx, id: string, because: string, at: Date) {
  const row = await db
    .updateTable("eval_queues")
    .set({ state: "cancelled", summary: because, finished_at: at, lease_until: null })
    .where("id", "=", id)
    .where("state", "in", ["queued", "running"])
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Runs of this kind that could be claimed since `before`: what the sweep asks for again when a job was lost. */
export async function listClaimable(
  db: Db,
  { kind, before, limit }: { kind: EvalSubject; before: Date; limit: number },
): Promise<readonly { readonly runId: string; readonly versionId: string | null }[]> {
  return db
    .selectFrom("eval_queues")
    .where("kind", "=", kind)
    .where(({ and, or, eb }) =>
      or([
        and([eb("state", "=", "queued"), eb("not_before", "<=", before)]),
        and([eb("state", "=", "running"), eb("lease_until", "<=", before)]),
      ]),
    )
    .orderBy("created_at")
    .limit(limit)
    .select(["id as runId", "version_id as versionId"])
    .execute();
}

/** Behind everything that somebody waits for. */
const SECOND_TRY = 50;

/**
 * Asks again for the versions whose newest run had no sandbox, or failed on our side before `erroredBefore`, with what
 * the law gave them then. Returns the versions.
 */
export async function queueUnanswered(
  tx: Tx,
  wish: { readonly erroredBefore: Date; readonly at: Date; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO eval_queues (id, kind, version_id, source_id, team_id, skill, folder, commit_oid, reason, priority,
      requested_by, policy, state, not_before, created_at)
    SELECT gen_random_uuid(), 'version', n.version_id, n.source_id, n.team_id, n.skill, n.folder, n.commit_oid,
      CASE n.status WHEN 'errored' THEN 'errored' ELSE 'no-sandbox' END, ${SECOND_TRY}, NULL, n.policy, 'queued',
      ${wish.at}, ${wish.at}
    FROM (SELECT DISTINCT ON (version_id) * FROM eval_queues WHERE kind = 'version' AND state <> 'cancelled'
      ORDER BY version_id, created_at DESC, id DESC) n
    JOIN skill_versions v ON v.id = n.version_id AND v.state <> 'refused'
    WHERE n.state = 'done' AND (n.report->>'unavailable' IS NOT NULL
      OR (n.status = 'errored' AND n.finished_at < ${wish.erroredBefore}))
    ORDER BY n.finished_at LIMIT ${wish.limit}
    ON CONFLICT (version_id) WHERE state = 'queued' DO NOTHING
    RETURNING version_id AS id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Whether some version's newest run had no sandbox: a reason to look for one. */
export async function isSandboxMissed(db: Db): Promise<boolean> {
  const { rows } = await sql<{ missed: boolean }>`
    SELECT EXISTS (SELECT FROM eval_queues q WHERE q.state = 'done' AND q.report->>'unavailable' IS NOT NULL
      AND NOT EXISTS (SELECT FROM eval_queues o WHERE o.version_id = q.version_id AND o.created_at > q.created_at)) AS missed`.execute(
    db,
  );
  return rows[0]?.missed === true;
}

/** The archive of the published version that came before this one; undefined for a first one. */
export async function findPreviousTar(db: Db, versionId: string): Promise<string | undefined> {
  const { rows } = await sql<{ tarSha256: string }>`
    SELECT o.tar_sha256 AS "tarSha256" FROM skill_versions v
    JOIN skill_versions o ON o.skill_id = v.skill_id AND o.version = v.changelog->>'from' AND o.state = 'published'
    WHERE v.id = ${versionId} LIMIT 1`.execute(db);
  return rows[0]?.tarSha256;
}

/** Whether it is known what the version does when it runs: it is looked at once. */
export async function isObserved(db: Db, versionId: string): Promise<boolean> {
  const row = await db
    .selectFrom("observations")
    .where("version_id", "=", versionId)
    .select("version_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the version has cases to run. */
export async function hasEvals(db: Db, versionId: string): Promise<boolean> {
  const row = await db
    .selectFrom("skill_files")
    .where("version_id", "=", versionId)
    .where("path", "=", EVALS_FILE)
    .select("path")
    .executeTakeFirst();
  return row !== undefined;
}

/** The run of a version that somebody may call off: the one that waits, or else the one under way. */
export async function findOpenRun(
  tx: Tx,
  versionId: string,
): Promise<{ readonly id: string; readonly reason: EvalReason } | undefined> {
  return tx
    .selectFrom("eval_queues")
    .where("version_id", "=", versionId)
    .where("state", "in", ["queued", "running"])
    .orderBy("state")
    .orderBy("created_at", "desc")
    .select(["id", "reason"])
    .executeTakeFirst();
}
