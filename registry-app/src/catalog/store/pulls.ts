import { sql } from "kysely";
import type { Db } from "../../db/index.ts";

export type PullRow = {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly isFork: boolean;
  readonly isOpen: boolean;
  readonly judged: string | null;
  readonly judgedAt: Date | null;
  readonly seenAt: Date;
  readonly report: unknown;
  readonly signer: unknown;
  readonly evals: unknown;
};

const LISTED = 100;

/** Open pull requests of a source, the newest first. */
export async function listPulls(
  db: Db,
  sourceId: string,
): Promise<readonly Omit<PullRow, "report" | "signer" | "evals">[]> {
  return db
    .selectFrom("pulls")
    .where("source_id", "=", sourceId)
    .where("is_open", "=", true)
    .orderBy("number", "desc")
    .limit(LISTED)
    .select([
      "number",
      "head_oid as head",
      "base_oid as base",
      "is_fork as isFork",
      "is_open as isOpen",
      "judged_oid as judged",
      "judged_at as judgedAt",
      "seen_at as seenAt",
    ])
    .execute();
}

/** One pull request with what was made of it, and the runs of its cases at the head that was judged. */
export async function findPull(
  db: Db,
  sourceId: string,
  number: number,
): Promise<PullRow | undefined> {
  const { rows } = await sql<PullRow>`
    SELECT p.number, p.head_oid AS head, p.base_oid AS base, p.is_fork AS "isFork", p.is_open AS "isOpen",
      p.judged_oid AS judged, p.judged_at AS "judgedAt", p.seen_at AS "seenAt", p.report, p.signer,
      coalesce((SELECT e.evals FROM pull_evals e WHERE e.pull_id = p.id AND e.commit_oid = p.judged_oid), '[]'::jsonb)
        AS evals
    FROM pulls p WHERE p.source_id = ${sourceId} AND p.number = ${number}`.execute(db);
  return rows[0];
}
