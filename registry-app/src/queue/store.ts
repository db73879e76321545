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
