import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";

/** `again`: look and tell anew; `judge`: read this very commit of a fork. */
export type AskedFor = "again" | "run-evals" | "ask-waiver" | "judge";

/** What somebody asked for by a button on the host of a source. */
export type HostAsk = {
  readonly id: string;
  readonly sourceId: string;
  readonly sourceUrl: string;
  readonly what: AskedFor;
  /** Whom the host names; what they may do is not known before the host was asked. */
  readonly login: string;
  readonly loginId: number;
  /** What the report was called that the button stood on; null where all reports of a commit are meant. */
  readonly externalId: string | null;
  readonly headOid: string;
  readonly attempts: number;
};

/** Nobody waits for more than this many of one source: whoever presses on is not heard until they are answered. */
const MAX_OPEN = 50;

/** Notes what somebody asks for; a delivery that comes twice is noted once. */
export async function putAsk(
  db: Db,
  ask: Omit<HostAsk, "attempts" | "sourceUrl"> & { readonly guid: string; readonly at: Date },
): Promise<void> {
  const { id, sourceId, guid, what, login, loginId, externalId, headOid, at } = ask;
  await sql`
    INSERT INTO host_asks (id, source_id, guid, what, login, login_id, external_id, head_oid, state, asked_at)
    SELECT ${id}, ${sourceId}, ${guid}, ${what}, ${login}, ${loginId}, ${externalId}, ${headOid}, 'asked', ${at}
    WHERE (SELECT count(*) FROM host_asks WHERE source_id = ${sourceId} AND state IN ('asked', 'allowed')) < ${MAX_OPEN}
    ON CONFLICT (source_id, guid) DO NOTHING`.execute(db);
}

const LOST_MS = 120_000;

const selectAsk = (db: Db | Tx) =>
  db
    .selectFrom("host_asks as a")
    .innerJoin("sources as s", "s.id", "a.source_id")
    .where("s.state", "=", "active")
    .select([
      "a.id",
      "a.source_id as sourceId",
      "s.url as sourceUrl",
      "a.what",
      "a.login",
      sql<number>`a.login_id::float8`.as("loginId"),
      "a.external_id as externalId",
      "a.head_oid as headOid",
      "a.attempts",
    ]);

/** What was asked for and nobody has looked into yet, oldest first. */
export async function listAsks(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly HostAsk[]> {
  if (wish.sourceIds.length === 0) return [];
  const rows = await selectAsk(db)
    .where("a.source_id", "in", [...wish.sourceIds])
    .where((eb) =>
      eb.or([
        eb("a.state", "=", "asked"),
        // What was to carry it out was lost on the way.
        eb("a.state", "=", "allowed").and(
          "a.answered_at",
          "<",
          new Date(wish.now.getTime() - LOST_MS),
        ),
      ]),
    )
    .where((eb) => eb.or([eb("a.not_before", "is", null), eb("a.not_before", "<=", wish.now)]))
    .orderBy("a.asked_at")
    .limit(wish.limit)
    .execute();
  return rows.map((row) => ({ ...row, sourceUrl: row.sourceUrl ?? "" }));
}

/** One that its host said yes to; undefined when it is carried out already. */
export async function findAllowedAsk(db: Db, id: string): Promise<HostAsk | undefined> {
  const row = await selectAsk(db)
    .where("a.id", "=", id)
    .where("a.state", "=", "allowed")
    .executeTakeFirst();
  return row && { ...row, sourceUrl: row.sourceUrl ?? "" };
}

/** Notes what came of it; `answer` is a sentence. */
export async function answerAsk(
  tx: Db | Tx,
  id: string,
  answered: {
    readonly state: "allowed" | "refused" | "done";
    readonly answer: string;
    readonly at: Date;
  },
): Promise<void> {
  const { state, answer, at } = answered;
  await tx
    .updateTable("host_asks")
    .set({ state, answer, answered_at: at })
    .where("id", "=", id)
    .execute();
}

/** Notes that the host could not be asked, and when to try again. */
export async function putOffAsk(
  db: Db,
  { id, attempts }: Pick<HostAsk, "id" | "attempts">,
  notBefore: Date,
): Promise<void> {
  await db
    .updateTable("host_asks")
    .set({ attempts: attempts + 1, not_before: notBefore })
    .where("id", "=", id)
    .execute();
}
