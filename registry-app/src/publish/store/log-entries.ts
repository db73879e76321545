import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";

/** Sets lines down to be carried to the registry log; a key that is there already keeps its first line. Returns how many are new. */
export async function insertLogEntries(
  tx: Tx,
  entries: readonly { readonly key: string; readonly line: string }[],
  now: Date,
): Promise<number> {
  if (entries.length === 0) return 0;
  const inserted = await sql`INSERT INTO log_entries (key, line, created_at)
    SELECT r.key, r.line, ${now} FROM json_to_recordset(${JSON.stringify(entries)}::json) AS r(key text, line text)
    ON CONFLICT (key) DO NOTHING`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0);
}

/** Lines that are not in the log yet, in the order in which they were set down. */
export async function listWaitingEntries(
  db: Db,
  limit: number,
): Promise<{ key: string; line: string }[]> {
  return db
    .selectFrom("log_entries")
    .where("seq", "is", null)
    .orderBy("id")
    .limit(limit)
    .select(["key", "line"])
    .execute();
}

/** Notes where in the log these lines stand. */
export async function putLogPlaces(
  db: Db,
  places: readonly { readonly key: string; readonly seq: number }[],
): Promise<void> {
  if (places.length === 0) return;
  await sql`UPDATE log_entries SET seq = r.seq FROM json_to_recordset(${JSON.stringify(places)}::json) AS r(key text, seq bigint)
    WHERE log_entries.key = r.key AND log_entries.seq IS NULL`.execute(db);
}

/** The commit of the law that came into force last. */
export async function findLoggedLaw(db: Db): Promise<string | undefined> {
  const found = await sql<{
    commit: string;
  }>`SELECT line::jsonb ->> 'commit' AS commit FROM log_entries
    WHERE key LIKE 'law:%' AND line::jsonb ? 'commit' ORDER BY id DESC LIMIT 1`.execute(db);
  return found.rows[0]?.commit;
}

export type LawOutcome = {
  readonly commit: string;
  /** When published versions were first held against it. */
  readonly at: string;
  readonly reopened: number | null;
  readonly standings: readonly {
    readonly coordinate: string;
    readonly standing: "published" | "yanked" | "quarantined";
    readonly reason: string;
  }[];
};

/** What these laws did to published versions and refused tags, as the registry log has it; none for one that is not applied yet. */
export async function listLawOutcomes(
  db: Db,
  commits: readonly string[],
): Promise<readonly LawOutcome[]> {
  const found = await sql<LawOutcome>`
    SELECT l.fact ->> 'commit' AS commit, l.fact ->> 'at' AS at, (l.fact ->> 'reopened')::int AS reopened,
      (SELECT coalesce(json_agg(json_build_object('coordinate', s.line::jsonb ->> 'coordinate',
         'standing', s.line::jsonb ->> 'standing', 'reason', s.line::jsonb ->> 'reason') ORDER BY s.id), '[]')
       FROM log_entries s WHERE s.key LIKE 'standing:%' AND s.line::jsonb ->> 'law' = l.fact ->> 'law') AS standings
    FROM (SELECT id, line::jsonb AS fact FROM log_entries WHERE key LIKE 'law:%') l
    WHERE l.fact ->> 'commit' = ANY(${[...commits]}) ORDER BY l.id`.execute(db);
  return found.rows;
}

/**
 * The key of the line that says that this law came into force; undefined where a line says so already. A law that was in
 * force earlier and comes back with another commit has another line: what was judged in between is to be judged again.
 */
export async function findLawKey(
  tx: Tx,
  { digest, commit }: { readonly digest: string; readonly commit: string },
): Promise<string | undefined> {
  const found = await sql<{ law: string; commit: string | null }>`
    SELECT line::jsonb ->> 'law' AS law, line::jsonb ->> 'commit' AS commit FROM log_entries
    WHERE key LIKE 'law:%' ORDER BY id DESC`.execute(tx);
  const [last] = found.rows;
  const same = found.rows.filter(({ law }) => law === digest);
  if (last?.law === digest || same.some((one) => one.commit === commit)) return undefined;
  return same.length === 0 ? `law:${digest}` : `law:${digest}:${commit}`;
}

/** How many lines are known to stand in the log. */
export async function countPlaced(db: Db): Promise<number> {
  const { placed } = await db
    .selectFrom("log_entries")
    .where("seq", "is not", null)
    .select((eb) => eb.fn.countAll<number>().as("placed"))
    .executeTakeFirstOrThrow();
  return Number(placed);
}
