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
    .select(["questions", "answers", "verdict", "attempts", "problem"])
    .executeTakeFirst();
  return (
    row && {
      questions: read(ownerQuestions, row.questions),
      answers: read(ownerAnswers, row.answers),
      verdict: read(ownersVerdict, row.verdict),
      attempts: row.attempts,
      problem: row.problem,
    }
  );
}

function read<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Puts questions to the host of the source; what was made of earlier answers stays until there are new ones. */
export async function putOwnerQuestions(
  tx: Tx,
  { versionId, sourceId }: { readonly versionId: string; readonly sourceId: string },
  questions: OwnerQuestions,
  dueAt: Date,
): Promise<void> {
  const facts = { questions: JSON.stringify(questions), due_at: dueAt };
  await tx
    .insertInto("owner_reviews")
    .values({ version_id: versionId, source_id: sourceId, ...facts })
    .onConflict((conflict) => conflict.column("version_id").doUpdateSet(facts))
    .execute();
}

/** Keeps what came of it. False when it is what was kept before. */
export async function putOwnersVerdict(
  tx: Tx,
  { versionId, sourceId }: { readonly versionId: string; readonly sourceId: string },
  verdict: OwnersVerdict,
  /** When the host is to be asked again; null: never. */
  dueAt: Date | null,
): Promise<boolean> {
  const text = JSON.stringify(verdict);
  const before = await tx
    .selectFrom("owner_reviews")
    .where("version_id", "=", versionId)
    .where(sql<boolean>`verdict = ${text}::jsonb`)
    .select("version_id")
    .forUpdate()
    .executeTakeFirst();
  const facts = { verdict: text, due_at: dueAt };
  // Who hurried while this was judged is not put off by it.
  const sooner = dueAt === null ? null : sql<Date>`LEAST(owner_reviews.due_at, ${dueAt})`;
  const nothing = JSON.stringify(NO_QUESTIONS);
  await tx
    .insertInto("owner_reviews")
    .values({ version_id: versionId, source_id: sourceId, questions: nothing, ...facts })
    .onConflict((conflict) =>
      conflict.column("version_id").doUpdateSet({ ...facts, due_at: sooner }),
    )
    .execute();
  return before === undefined;
}

const NO_QUESTIONS: OwnerQuestions = { commits: [], members: [] };

/** Questions that a host is to be asked now. */
export type OwnersAsked = {
  readonly versionId: string;
  readonly tag: string;
  readonly sourceUrl: string;
  /** The protected branch. */
  readonly branch: string;
  readonly questions: OwnerQuestions;
  readonly attempts: number;
  readonly problem: string | null;
};

/** Of versions that wait for a person or a check, those longest due first. */
export async function listOwnersAsked(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly OwnersAsked[]> {
  const { rows } = await sql<Omit<OwnersAsked, "questions"> & { readonly questions: unknown }>`
    SELECT r.version_id AS "versionId", v.tag_name AS tag, s.url AS "sourceUrl", s.branch, r.questions, r.attempts, r.problem
    FROM owner_reviews r JOIN skill_versions v ON v.id = r.version_id JOIN sources s ON s.id = r.source_id
    WHERE r.source_id = ANY(${[...wish.sourceIds]}::uuid[]) AND s.state = 'active' AND r.due_at <= ${wish.now}
      AND v.state IN ('candidate', 'held')
    ORDER BY r.due_at LIMIT ${wish.limit}`.execute(db);
  return rows.flatMap((row) => {
    const questions = read(ownerQuestions, row.questions);
    return questions === null ? [] : [{ ...row, questions }];
  });
}

export async function putOwnerAnswers(
  db: Db,
  { versionId }: Pick<OwnersAsked, "versionId">,
  answers: OwnerAnswers,
  /** When the host was asked: who hurried since is heard in the next look. */
  askedAt: Date,
): Promise<void> {
  await db
    .updateTable("owner_reviews")
    .set({ answers: JSON.stringify(answers), problem: null })
    .set({ due_at: sql`CASE WHEN due_at > ${askedAt} THEN due_at END` })
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

/** Has the host asked anew about whatever of these sources lacks the word of its code owners. */
export async function hurryOwners(
  db: Db | Tx,
  sourceIds: readonly string[],
  at: Date,
): Promise<void> {
  await sql`UPDATE owner_reviews SET due_at = ${at}, attempts = 0
    WHERE source_id = ANY(${[...sourceIds]}::uuid[]) AND verdict->>'kind' = 'lacking'`.execute(db);
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
