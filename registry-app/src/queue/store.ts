import { sql } from "kysely";
import { lockInTx, transaction, type Db, type Tx } from "../db/index.ts";

export type DeadLetter = {
  readonly id: string;
  readonly job: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly error: string;
  readonly failedAt: Date;
};

/** The unresolved dead letters, latest first. */
export async function listDeadLetters(db: Db, limit = 100): Promise<readonly DeadLetter[]> {
  return db
    .selectFrom("dead_letters")
    .select(["id", "job", "payload", "error", "failed_at as failedAt"])
    .where("resolved_at", "is", null)
    .orderBy("failed_at", "desc")
    .limit(limit)
    .execute();
}

/** Writes a dead letter; one that already stands for the same job and payload is brought up to date instead. */
export async function recordDeadLetter(db: Db, letter: DeadLetter): Promise<void> {
  await transaction(db, async (tx) => {
    await lockInTx(tx, `dead-letter:${letter.job}`);
    const payload = JSON.stringify(letter.payload);
    const changed = await tx
      .updateTable("dead_letters")
      .set({ error: letter.error, failed_at: letter.failedAt })
      .where("job", "=", letter.job)
      .where(sql<boolean>`payload = ${payload}::jsonb`)
      .where("resolved_at", "is", null)
      .executeTakeFirst();
    if (changed.numUpdatedRows > 0n) return;
    const { id, job, error, failedAt } = letter;
    await tx
      .insertInto("dead_letters")
      .values({ id, job, payload, error, failed_at: failedAt, resolved_at: null })
      .execute();
  });
}

/** The work was done after all: what stood open for the same job and payload does no longer. */
export async function resolveDeadLetters(
  db: Db,
  done: Pick<DeadLetter, "job" | "payload">,
  at: Date,
): Promise<void> {
  await db
    .updateTable("dead_letters")
    .set({ resolved_at: at })
    .where("job", "=", done.job)
    .where(sql<boolean>`payload = ${JSON.stringify(done.payload)}::jsonb`)
    .where("resolved_at", "is", null)
    .execute();
}

/** Closes what stands open from before `before` for a kind of job and is not among all that still `waits` for it. */
export async function settleDeadLetters(
  db: Db,
  { job, waits, before }: { job: string; waits: readonly DeadLetter["payload"][]; before: Date },
  at: Date,
): Promise<void> {
  const payloads = waits.map((payload) => JSON.stringify(payload));
  await db
    .updateTable("dead_letters")
    .set({ resolved_at: at })
    .where("job", "=", job)
    .where("failed_at", "<", before)
    .where(sql<boolean>`NOT payload = ANY (${payloads}::jsonb[])`)
    .where("resolved_at", "is", null)
    .execute();
}

/** Marks a dead letter as dealt with and returns it; undefined when there is none to deal with. */
export async function takeDeadLetter(tx: Tx, id: string, at: Date) {
  return tx
    .updateTable("dead_letters")
    .set({ resolved_at: at })
    .where("id", "=", id)
    .where("resolved_at", "is", null)
    .returning(["job", "payload"])
    .executeTakeFirst();
}
