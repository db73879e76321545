import { sql } from "kysely";
import type { z } from "zod";
import type { Db, Tx } from "../../db/index.ts";
import {
  ownerAnswers,
  ownerQuestions,
  ownersVerdict,
  type OwnerAnswers,
  type OwnerQuestions,
  type OwnersVerdict,
} from "../owners/owner-review.ts";

/** What is known of the code owners of a version; what an older schema wrote counts as not there. */
export type OwnerReview = {
  readonly questions: OwnerQuestions | null;
  readonly answers: OwnerAnswers | null;
  readonly verdict: OwnersVerdict | null;
  /** Times that the host answered or could not be asked. */
  readonly attempts: number;
  /** When the host is to be asked; null: it need not be. */
  readonly dueAt: Date | null;
  /** Why the host could not be asked, as a sentence. */
  readonly problem: string | null;
};

export async function findOwnerReview(
  db: Db | Tx,
  versionId: string,
): Promise<OwnerReview | undefined> {
  const row = await db
    .selectFrom("owner_reviews")
    .where("version_id", "=", versionId)
    .select(["questions", "answers", "verdict", "attempts", "due_at", "problem"])
    .executeTakeFirst();
  return (
    row && {
      questions: read(ownerQuestions, row.questions),
      answers: read(ownerAnswers, row.answers),
      verdict: read(ownersVerdict, row.verdict),
      attempts: row.attempts,
      dueAt: row.due_at,
      problem: row.problem,
    }
  );
}

function read<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

type Subject = { readonly versionId: string; readonly sourceId: string };

/**
 * Notes that somebody has to look for the word of code owners. Once `dueAt` is there the process that asks the host comes
 * by, whatever became of the job that was asked for as well.
 */
export async function openOwnerReview(
  tx: Tx,
  { versionId, sourceId }: Subject,
  dueAt: Date,
): Promise<void> {
  const nothing: OwnerQuestions = { commits: [], members: [] };
  await tx
    .insertInto("owner_reviews")
    .values({
      version_id: versionId,
      source_id: sourceId,
      questions: JSON.stringify(nothing),
      due_at: dueAt,
    })
    .onConflict((conflict) => conflict.column("version_id").doNothing())
    .execute();
}

/** Puts questions to the host of the source; what was made of earlier answers stays until there are new ones. */
export async function putOwnerQuestions(
  tx: Tx,
  versionId: string,
  questions: OwnerQuestions,
  dueAt: Date,
): Promise<void> {
  await tx
    .updateTable("owner_reviews")
    .set({ questions: JSON.stringify(questions), answers: null, due_at: dueAt })
    .where("version_id", "=", versionId)
    .execute();
}

/** Keeps what came of it. False when it is what was kept before. */
export async function putOwnersVerdict(
  tx: Tx,
  versionId: string,
  verdict: OwnersVerdict,
  /** When the host is to be asked again, null: never; unless somebody hurried since it was due at `seenDueAt`. */
  again: { readonly dueAt: Date | null; readonly seenDueAt: Date | null },
): Promise<boolean> {
  const text = JSON.stringify(verdict);
  const before = await tx
    .selectFrom("owner_reviews")
    .where("version_id", "=", versionId)
    .where(sql<boolean>`verdict = ${text}::jsonb`)
    .select("version_id")
    .forUpdate()
    .executeTakeFirst();
  await tx
    .updateTable("owner_reviews")
    .set({ verdict: text, due_at: unlessMoved(again.seenDueAt, again.dueAt) })
    .where("version_id", "=", versionId)
    .execute();
  return before === undefined;
}

/** Another time than was seen there is somebody's who hurried meanwhile. */
function unlessMoved(seen: Date | null, dueAt: Date | null) {
  return sql<Date | null>`CASE WHEN due_at IS DISTINCT FROM ${seen}::timestamptz THEN due_at ELSE ${dueAt}::timestamptz END`;
}

/** Questions that a host is to be asked now. */
export type OwnersAsked = {
  readonly versionId: string;
  readonly tag: string;
  readonly sourceUrl: string;
  /** The protected branch. */
  readonly branch: string;
  readonly questions: OwnerQuestions;
  readonly attempts: number;
  readonly dueAt: Date;
  readonly problem: string | null;
};

/** Of versions that wait for a person or a check, those longest due first. */
export async function listOwnersAsked(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly OwnersAsked[]> {
  const { rows } = await sql<Omit<OwnersAsked, "questions"> & { readonly questions: unknown }>`
    SELECT r.version_id AS "versionId", v.tag_name AS tag, s.url AS "sourceUrl", s.branch, r.questions, r.attempts, r.due_at AS "dueAt", r.problem
    FROM owner_reviews r JOIN skill_versions v ON v.id = r.version_id JOIN sources s ON s.id = r.source_id
    WHERE r.source_id = ANY(${[...wish.sourceIds]}::uuid[]) AND s.state = 'active' AND r.due_at <= ${wish.now}
      AND v.state IN ('candidate', 'held')
    ORDER BY r.due_at LIMIT ${wish.limit}`.execute(db);
  return rows.flatMap((row) => {
    const questions = read(ownerQuestions, row.questions);
    return questions === null ? [] : [{ ...row, questions }];
  });
}

/** Until when what was answered is made something of; then the host is asked again. */
const JUDGED_WITHIN_MS = 600_000;

export async function putOwnerAnswers(
  db: Db,
  { versionId, dueAt }: Pick<OwnersAsked, "versionId" | "dueAt">,
  answers: OwnerAnswers,
  at: Date,
): Promise<void> {
  const lost = new Date(at.getTime() + JUDGED_WITHIN_MS);
  await db
    .updateTable("owner_reviews")
    .set({ answers: JSON.stringify(answers), problem: null, due_at: unlessMoved(dueAt, lost) })
    .set((eb) => ({ attempts: eb("attempts", "+", 1) }))
    .where("version_id", "=", versionId)
    .execute();
}

/** Notes that the host could not be asked, and when to try again. */
export async function putOwnersUnanswered(
  db: Db,
  { versionId }: Pick<OwnersAsked, "versionId">,
  { problem, notBefore }: { readonly problem: string; readonly notBefore: Date },
): Promise<void> {
  await db
    .updateTable("owner_reviews")
    .set({ problem, due_at: notBefore })
    .set((eb) => ({ attempts: eb("attempts", "+", 1) }))
    .where("version_id", "=", versionId)
    .execute();
}

/** Has the host asked anew about these versions, and whatever of these sources has not the word of its code owners. */
export async function hurryOwners(
  db: Db | Tx,
  {
    versionIds = [],
    sourceIds = [],
  }: { versionIds?: readonly string[]; sourceIds?: readonly string[] },
  at: Date,
): Promise<void> {
  await sql`UPDATE owner_reviews SET due_at = ${at}, attempts = 0
    WHERE version_id = ANY(${[...versionIds]}::uuid[])
      OR source_id = ANY(${[...sourceIds]}::uuid[]) AND verdict->>'kind' IS DISTINCT FROM 'approved'`.execute(
    db,
  );
}

/** Trees of the skill's folder that were published, with their commits; what was quarantined is none. */
export async function listPublishedTrees(
  db: Db,
  skillId: string,
): Promise<readonly { readonly treeOid: string; readonly commitOid: string }[]> {
  return db
    .selectFrom("skill_versions")
    .where("skill_id", "=", skillId)
    .where("state", "in", ["published", "yanked"])
    .select(["tree_oid as treeOid", "commit_oid as commitOid"])
    .execute();
}
