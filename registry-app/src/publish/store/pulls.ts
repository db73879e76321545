import { sql } from "kysely";
import { transaction, type Db, type Tx } from "../../db/index.ts";
import { pullReport, type PulledNow, type PullReport } from "../pull-report.ts";
import { signerReadiness, type SignerReadiness } from "../signer-readiness.ts";

/** A pull request as its host lists it. */
export type ListedPull = {
  readonly number: number;
  readonly headOid: string;
  readonly baseOid: string;
  readonly isFork: boolean;
};

/** Asks for the pull requests of a source to be listed now. */
export async function putPullLook(tx: Db | Tx, sourceId: string, dueAt: Date): Promise<void> {
  await tx
    .insertInto("pull_looks")
    .values({ source_id: sourceId, due_at: dueAt })
    .onConflict((conflict) => conflict.column("source_id").doUpdateSet({ due_at: dueAt }))
    .execute();
}

/** Those of the sources whose pull requests are to be listed now; one that was never listed is. */
export async function listPullLooks(
  db: Db,
  { sourceIds, now }: { readonly sourceIds: readonly string[]; readonly now: Date },
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT s.id FROM unnest(${[...sourceIds]}::uuid[]) AS s (id) LEFT JOIN pull_looks l ON l.source_id = s.id
    WHERE l.due_at IS NULL OR l.due_at <= ${now}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Brings the open pull requests of a source in line with the list; gives the numbers of those that want a judgement. */
export async function putPulls(
  db: Db,
  sourceId: string,
  { pulls, newId, at }: { pulls: readonly ListedPull[]; newId: () => string; at: Date },
): Promise<readonly number[]> {
  return transaction(db, async (tx) => {
    for (const { number, headOid, baseOid, isFork } of pulls) {
      const facts = {
        head_oid: headOid,
        base_oid: baseOid,
        is_fork: isFork,
        is_open: true,
        seen_at: at,
      };
      await tx
        .insertInto("pulls")
        .values({ id: newId(), source_id: sourceId, number, ...facts })
        .onConflict((conflict) => conflict.columns(["source_id", "number"]).doUpdateSet(facts))
        .execute();
    }
    const numbers = pulls.map(({ number }) => number);
    await sql`UPDATE pulls SET is_open = false
    WHERE source_id = ${sourceId} AND is_open AND number <> ALL(${numbers}::int[])`.execute(tx);
    const { rows } = await sql<{ number: number }>`
    SELECT number FROM pulls WHERE source_id = ${sourceId} AND is_open AND (NOT is_fork OR approved_oid = head_oid)
      AND judged_oid IS DISTINCT FROM head_oid ORDER BY number`.execute(tx);
    return rows.map(({ number }) => number);
  });
}

export type OpenPull = {
  readonly id: string;
  readonly headOid: string;
  readonly baseOid: string;
  readonly judgedOid: string | null;
  readonly isFork: boolean;
  /** The head of a fork that a maintainer let be judged. */
  readonly approvedOid: string | null;
};

export async function findPull(
  db: Db,
  sourceId: string,
  number: number,
): Promise<OpenPull | undefined> {
  return db
    .selectFrom("pulls")
    .where("source_id", "=", sourceId)
    .where("number", "=", number)
    .where("is_open", "=", true)
    .select([
      "id",
      "head_oid as headOid",
      "base_oid as baseOid",
      "judged_oid as judgedOid",
      "is_fork as isFork",
      "approved_oid as approvedOid",
    ])
    .executeTakeFirst();
}

/** Keeps what was made of a head. False where it was pushed over meanwhile: the newer one is judged by itself. */
export async function putPullReport(
  db: Tx,
  { id }: Pick<OpenPull, "id">,
  { report, sarif, at }: PulledNow & { readonly at: Date },
): Promise<boolean> {
  const row = await db
    .updateTable("pulls")
    .set({ judged_oid: report.headOid, report: JSON.stringify(report), sarif, judged_at: at })
    .where("id", "=", id)
    .where("head_oid", "=", report.headOid)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** What the scan found in a head, as SARIF; null where nothing was scanned. */
export async function findPullSarif(
  db: Db,
  { id, headOid }: Pick<PullFacts, "id" | "headOid">,
): Promise<string | null> {
  const row = await db
    .selectFrom("pulls")
    .where("id", "=", id)
    .where("judged_oid", "=", headOid)
    .select("sarif")
    .executeTakeFirst();
  return row?.sarif ?? null;
}

/** Keeps whether the author of a head could sign its release. */
export async function putPullSigner(
  db: Db | Tx,
  { id, headOid }: Pick<OpenPull, "id" | "headOid">,
  signer: SignerReadiness | undefined,
): Promise<void> {
  await db
    .updateTable("pulls")
    .set({ signer: signer === undefined ? null : JSON.stringify(signer) })
    .where("id", "=", id)
    .where("head_oid", "=", headOid)
    .execute();
}

/** Open pull requests of which something is said already, at most `limit`, the newest first. */
export async function listJudgedPulls(
  db: Db | Tx,
  limit: number,
): Promise<readonly { readonly sourceId: string; readonly number: string }[]> {
  const rows = await db
    .selectFrom("pulls")
    .where("is_open", "=", true)
    .where("judged_oid", "is not", null)
    .orderBy("seen_at", "desc")
    .limit(limit)
    .select(["source_id as sourceId", "number"])
    .execute();
  return rows.map(({ sourceId, number }) => ({ sourceId, number: String(number) }));
}

/** The versions of a skill of the source, published or held. */
export async function listSkillVersions(
  db: Db,
  sourceId: string,
  skill: string,
): Promise<readonly { readonly version: string; readonly commitOid: string }[]> {
  return db
    .selectFrom("skill_versions as v")
    .innerJoin("skills as k", "k.id", "v.skill_id")
    .where("k.source_id", "=", sourceId)
    .where("k.name", "=", skill)
    .where("v.state", "in", ["published", "held", "yanked", "quarantined"])
    .select(["v.version", "v.commit_oid as commitOid"])
    .execute();
}

/** All that the host of a source is told of a pull request. */
export type PullFacts = {
  readonly id: string;
  readonly source: string;
  readonly sourceUrl: string;
  readonly number: number;
  /** The commit that is told of. */
  readonly headOid: string;
  /** Null: the head is of a fork, and no maintainer has let it be judged. */
  readonly report: PullReport | null;
  /** Whether its author could sign the release; null: that cannot be told. */
  readonly signer: SignerReadiness | null;
  /** The runs of evals of this head, by folder. */
  readonly evals: readonly PullEvals[];
  /**
   * What did not hold in cases that did not pass. Words of the skill: for the host of the source alone, where whoever reads
   * them may read the skill.
   */
  readonly failures: readonly FailedCheck[];
  /** Digest of everything here. */
  readonly said: string;
  readonly externalId: string | null;
  readonly attempts: number;
};

export type FailedCheck = {
  readonly folder: string;
  /** The name of the case. */
  readonly name: string;
  /** Why it has no result; null where it has one. */
  readonly because: string | null;
  /** Null where it was not graded. */
  readonly check: string | null;
  readonly expected: string | null;
  readonly actual: string | null;
};

export type PullEvals = {
  readonly skill: string;
  readonly folder: string;
  readonly state: "queued" | "running" | "done" | "cancelled";
  readonly outcome: string | null;
  readonly summary: string;
  /** The released version whose newest run the cases are beside; null: there is none. */
  readonly against: string | null;
  readonly cases: readonly {
    readonly name: string;
    readonly status: string;
    readonly isRequired: boolean;
    /** What became of it since that version; `unknown` where one side neither passed nor failed. */
    readonly change: "same" | "mended" | "broken" | "added" | "unknown" | null;
  }[];
  /** Names of cases that that version has and this head does not. */
  readonly removed: readonly string[];
};

/** Judged pull requests that say something else than their host was told, oldest first. */
export async function listUnreportedPulls(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly PullFacts[]> {
  const { rows } = await sql<
    Omit<PullFacts, "report" | "signer" | "failures"> & { report: unknown; signer: unknown }
  >`
    WITH facts AS (
      SELECT p.id, s.slug AS source, s.url AS "sourceUrl", p.number, p.report, p.signer, p.external_id AS "externalId", p.attempts, p.said AS told,
        p.judged_oid, p.judged_at, p.is_fork AND p.approved_oid IS DISTINCT FROM p.head_oid AS "isForeign",
        CASE WHEN p.is_fork AND p.approved_oid IS DISTINCT FROM p.head_oid THEN p.head_oid ELSE p.judged_oid END
          AS "headOid",
        coalesce((SELECT e.evals FROM pull_evals e WHERE e.pull_id = p.id AND e.commit_oid = p.judged_oid), '[]'::jsonb)
          AS evals
      FROM pulls p JOIN sources s ON s.id = p.source_id
      WHERE p.source_id = ANY(${[...wish.sourceIds]}::uuid[]) AND p.is_open
        AND (p.not_before IS NULL OR p.not_before <= ${wish.now})),
    said AS (SELECT *, md5("headOid" || "isForeign" || evals::text || coalesce(signer::text, '')) AS said FROM facts WHERE "headOid" IS NOT NULL)
    SELECT id, source, "sourceUrl", number, "headOid", CASE WHEN "isForeign" THEN NULL ELSE report END AS report, signer, evals,
      said, "externalId", attempts FROM said WHERE said <> told
    ORDER BY judged_at LIMIT ${wish.limit}`.execute(db);
  const failed = await listFailedChecks(
    db,
    rows.map(({ id }) => id),
  );
  return rows.flatMap(({ report, signer, ...facts }): readonly PullFacts[] => {
    if (report === null) return [{ ...facts, signer: null, evals: [], failures: [], report }];
    const read = pullReport.safeParse(report);
    if (!read.success) return [];
    const ready = signerReadiness.safeParse(signer);
    const failures = failed.filter(({ pullId }) => pullId === facts.id);
    return [{ ...facts, report: read.data, signer: ready.success ? ready.data : null, failures }];
  });
}

export async function putPullReported(
  db: Db,
  { id, said }: Pick<PullFacts, "id" | "said">,
  externalId: string,
): Promise<void> {
  const done = { attempts: 0, not_before: null, problem: null };
  await db
    .updateTable("pulls")
    .set({ said, external_id: externalId, ...done })
    .where("id", "=", id)
    .execute();
}

export async function putPullUnreported(
  db: Db,
  { id, attempts }: Pick<PullFacts, "id" | "attempts">,
  { problem, notBefore }: { readonly problem: string; readonly notBefore: Date },
): Promise<void> {
  await db
    .updateTable("pulls")
    .set({ attempts: attempts + 1, problem, not_before: notBefore })
    .where("id", "=", id)
    .execute();
}

const FAILURES_TOLD = 500;

/** What did not hold in the first trial of each case that did not pass, at the heads that these were judged at. */
async function listFailedChecks(
  db: Db,
  pullIds: readonly string[],
): Promise<readonly (FailedCheck & { readonly pullId: string })[]> {
  if (pullIds.length === 0) return [];
  const { rows } = await sql<FailedCheck & { readonly pullId: string }>`
    SELECT q.pull_id AS "pullId", q.folder, r.name, r.detail->>'because' AS because, c->>'name' AS check,
      c->>'expected' AS expected, c->>'actual' AS actual
    FROM pulls p JOIN eval_queues q ON q.pull_id = p.id AND q.commit_oid = p.judged_oid AND q.state = 'done'
      JOIN eval_results r ON r.queue_id = q.id AND r.arm = 'with-skill' AND r.status IN ('failed', 'timeout', 'errored')
      LEFT JOIN LATERAL jsonb_array_elements(r.detail->'trials'->0->'checks') c ON NOT (c->>'passed')::boolean
    WHERE p.id = ANY(${[...pullIds]}::uuid[]) ORDER BY q.folder, r.position LIMIT ${FAILURES_TOLD}`.execute(
    db,
  );
  return rows;
}
