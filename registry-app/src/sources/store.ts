import { sql } from "kysely";
import type { CommitsTable, Db, Drift, SourceKind, TagState, Tx, Visibility } from "../db/index.ts";
import { insertRows } from "../db/index.ts";
import type { IndexedCommit } from "./commit-graph.ts";
import type { SightedTag } from "./plan-sightings.ts";

/** A registry repo whose tags are followed, as the control repo declares it. */
export type Source = {
  readonly id: string;
  readonly slug: string;
  readonly teamId: string;
  readonly team: string;
  readonly kind: SourceKind;
  readonly url: string | null;
  readonly visibility: Visibility;
  readonly branch: string;
  readonly isDemo: boolean;
  readonly firstSyncedAt: Date | null;
  /** Why the last look failed. */
  readonly lastError: string | null;
  /** While it is set, nothing new is admitted. */
  readonly frozen: { readonly since: Date; readonly reason: string } | null;
  readonly thawedAt: Date | null;
  /** Where the branch stood when its versions were last looked for on it, and how many those were. */
  readonly tipOid: string | null;
  readonly tipVersions: number | null;
};

const selectSource = (db: Db | Tx) =>
  db
    .selectFrom("sources as s")
    .innerJoin("teams as t", "t.id", "s.team_id")
    .where("s.state", "=", "active")
    .select([
      "s.id",
      "s.slug",
      "s.team_id as teamId",
      "t.slug as team",
      "s.kind",
      "s.url",
      "s.visibility",
      "s.branch",
      "s.is_demo as isDemo",
      "s.first_synced_at as firstSyncedAt",
      "s.last_error as lastError",
      "s.frozen_at as frozenAt",
      "s.frozen_reason as frozenReason",
      "s.thawed_at as thawedAt",
      "s.tip_oid as tipOid",
      "s.tip_versions as tipVersions",
    ]);

type SourceRow = Awaited<ReturnType<ReturnType<typeof selectSource>["executeTakeFirstOrThrow"]>>;

function toSource({ frozenAt, frozenReason, ...row }: SourceRow): Source {
  const frozen = frozenAt === null ? null : { since: frozenAt, reason: frozenReason ?? "" };
  return { ...row, frozen };
}

export async function findSourceBySlug(db: Db | Tx, slug: string): Promise<Source | undefined> {
  const row = await selectSource(db).where("s.slug", "=", slug).executeTakeFirst();
  return row && toSource(row);
}

export async function findSourceById(db: Db | Tx, id: string): Promise<Source | undefined> {
  const row = await selectSource(db).where("s.id", "=", id).executeTakeFirst();
  return row && toSource(row);
}

export async function listSources(db: Db | Tx): Promise<Source[]> {
  const rows = await selectSource(db).orderBy("s.slug").execute();
  return rows.map(toSource);
}

export type SourceLaw = Pick<
  Source,
  "slug" | "teamId" | "kind" | "url" | "visibility" | "branch" | "isDemo"
> & { readonly isSingleAuthor: boolean; readonly hasHostReleases: boolean };

export async function putSource(tx: Tx, id: string, law: SourceLaw, now: Date): Promise<void> {
  const facts = {
    team_id: law.teamId,
    kind: law.kind,
    url: law.url,
    visibility: law.visibility,
    branch: law.branch,
    state: "active" as const,
    is_demo: law.isDemo,
    is_single_author: law.isSingleAuthor,
    has_host_releases: law.hasHostReleases,
  };
  await tx
    .insertInto("sources")
    .values({ id, slug: law.slug, ...facts, created_at: now })
    .onConflict((conflict) => conflict.column("slug").doUpdateSet(facts))
    .execute();
}

/** A skill is as visible as its source; returns the skills that a change of their source's visibility reached. */
export async function alignSkillVisibility(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`UPDATE skills SET visibility = s.visibility FROM sources s
    WHERE s.id = skills.source_id AND skills.visibility <> s.visibility RETURNING skills.id`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

export async function removeSourcesExcept(tx: Tx, slugs: readonly string[]): Promise<string[]> {
  const gone = await tx
    .updateTable("sources")
    .set({ state: "removed" })
    .where("state", "=", "active")
    .where("slug", "not in", slugs.length > 0 ? [...slugs] : [""])
    .returning(["id", "slug"])
    .execute();
  // Nobody signs in any more where nobody looks.
  for (const { id } of gone)
    await tx.deleteFrom("source_credentials").where("source_id", "=", id).execute();
  return gone.map((row) => row.slug);
}

/** What is recorded of every tag name and object of a source. */
export async function listSightedTags(db: Db | Tx, sourceId: string): Promise<SightedTag[]> {
  return db
    .selectFrom("tags as t")
    .leftJoin("skill_versions as v", "v.tag_id", "t.id")
    .where("t.source_id", "=", sourceId)
    .select(["t.id", "t.name", "t.oid", "t.state", "t.drift", "t.in_git as inGit"])
    .select("v.commit_oid as commitOid")
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, isBound: row.commitOid !== null })));
}

/** Is there a tag of this source that nobody has judged yet? */
export async function hasPendingTags(db: Db | Tx, sourceId: string): Promise<boolean> {
  const row = await db
    .selectFrom("tags as t")
    .leftJoin("skill_versions as v", "v.tag_id", "t.id")
    .where("t.source_id", "=", sourceId)
    .where("t.state", "=", "pending")
    .where("v.id", "is", null)
    .select("t.id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export type NewTag = {
  readonly id: string;
  readonly name: string;
  readonly oid: string;
  readonly state: TagState;
  readonly imported: boolean;
  readonly firstSeenAt: Date;
  /** The commit that it is of, where that is known. */
  readonly commitOid?: string | null;
};

/** Records sightings; one that is known already stays as it was, except that git is now seen to hold it. */
export async function insertTags(tx: Tx, sourceId: string, tags: readonly NewTag[]): Promise<void> {
  for (let start = 0; start < tags.length; start += 1_000) {
    await tx
      .insertInto("tags")
      .values(
        tags.slice(start, start + 1_000).map((tag) => ({
          id: tag.id,
          source_id: sourceId,
          name: tag.name,
          oid: tag.oid,
          commit_oid: tag.commitOid ?? null,
          bytes: null,
          state: tag.state,
          drift: null,
          imported: tag.imported,
          in_git: true,
          clauses: "[]",
          first_seen_at: tag.firstSeenAt,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(["source_id", "name", "oid"])
          // A refused attempt that is in git after all (a followed source) is judged anew from now on.
          .doUpdateSet((eb) => ({
            in_git: true,
            commit_oid: eb.ref("excluded.commit_oid"),
            state: "pending",
            code: null,
            reason: null,
            remedy: null,
            clauses: "[]",
            decided_at: null,
            first_seen_at: eb.ref("excluded.first_seen_at"),
          }))
          .where("tags.in_git", "=", false),
      )
      .execute();
  }
}

export async function setDrift(tx: Tx, ids: readonly string[], drift: Drift | null): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("tags")
    .set({ drift })
    .where("id", "in", [...ids])
    .execute();
}

export async function loadCommits(
  db: Db,
  sourceId: string,
  after: number,
): Promise<(IndexedCommit & { position: number })[]> {
  return db
    .selectFrom("commits")
    .where("source_id", "=", sourceId)
    .where("position", ">", after)
    .orderBy("position")
    .select(["oid", "parents", "folders", "position"])
    .execute();
}

/** The commit that was indexed last; all of the index can be reached from it, unless the branch was rewritten. */
export async function findLastCommit(
  db: Db | Tx,
  sourceId: string,
): Promise<{ oid: string; position: number } | undefined> {
  return db
    .selectFrom("commits")
    .where("source_id", "=", sourceId)
    .orderBy("position", "desc")
    .limit(1)
    .select(["oid", "position"])
    .executeTakeFirst();
}

/** Commits of the index that have no parents: what a repo is told by, whatever its name. */
export async function listRecordedRoots(
  db: Db | Tx,
  sourceId: string,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("commits")
    .where("source_id", "=", sourceId)
    .where(sql<boolean>`cardinality(parents) = 0`)
    .select("oid")
    .execute();
  return new Set(rows.map((row) => row.oid));
}

/** Those of the commits that the index holds. */
export async function listIndexed(
  db: Db | Tx,
  sourceId: string,
  oids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("commits")
    .where("source_id", "=", sourceId)
    .where(sql<boolean>`oid = ANY(${sql.val([...oids])}::text[])`)
    .select("oid")
    .execute();
  return new Set(rows.map((row) => row.oid));
}

export async function insertCommits(tx: Tx, rows: readonly CommitsTable[]): Promise<void> {
  await insertRows(tx, "commits", rows);
}

export type CommitWords = {
  readonly oid: string;
  readonly message: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly committedAt: Date;
};

export async function listCommitWords(
  db: Db | Tx,
  sourceId: string,
  oids: readonly string[],
): Promise<CommitWords[]> {
  if (oids.length === 0) return [];
  return db
    .selectFrom("commits")
    .where("source_id", "=", sourceId)
    .where(sql<boolean>`oid = ANY(${sql.val([...oids])}::text[])`)
    .select([
      "oid",
      "message",
      "author_name as authorName",
      "author_email as authorEmail",
      "committed_at as committedAt",
    ])
    .execute();
}

/** What a look at a source came to, when it could be read. */
export type Look = {
  /** What a reader should know all the same, such as a branch that is gone. */
  readonly problem: string | null;
  readonly tipOid: string | null;
  readonly versions: number;
};

export async function recordSynced(
  tx: Db | Tx,
  sourceId: string,
  now: Date,
  look?: Look,
): Promise<void> {
  await tx
    .updateTable("sources")
    .set((eb) => ({
      last_synced_at: now,
      last_error: look?.problem ?? null,
      first_synced_at: eb.fn.coalesce("first_synced_at", sql.val(now)),
      ...(look !== undefined && { tip_oid: look.tipOid, tip_versions: look.versions }),
    }))
    .where("id", "=", sourceId)
    .execute();
}

/** A source that cannot be read: what is known of its tags may be old, and is marked so. */
export async function recordSyncError(tx: Tx, sourceId: string, error: string): Promise<void> {
  await tx.updateTable("sources").set({ last_error: error }).where("id", "=", sourceId).execute();
  await sql`UPDATE tags SET drift = 'unreachable' FROM skill_versions v
    WHERE v.tag_id = tags.id AND tags.source_id = ${sourceId} AND tags.drift IS NULL`.execute(tx);
}
