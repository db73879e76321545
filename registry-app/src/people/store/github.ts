import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";
import type { GithubMember } from "../plan-members.ts";

/** A team of the registry and the GitHub team that the law names for it. */
export type GithubTeam = {
  readonly teamId: string;
  /** Of the registry's team. */
  readonly team: string;
  readonly org: string;
  readonly slug: string;
};
/** A team that is looked at, and what came of it. */
export type WatchedTeam = GithubTeam & {
  readonly lookedAt: Date | null;
  readonly attempts: number;
  readonly problem: string | null;
  readonly failingSince: Date | null;
  readonly isTold: boolean;
  /** As it was kept. */
  readonly waiting: unknown;
  readonly acceptedDigest: string | null;
};
export type Look = {
  readonly dueAt: Date;
  readonly attempts: number;
  readonly problem: string | null;
  readonly failingSince: Date | null;
  readonly isTold: boolean;
};

export async function putGithubTeam(
  tx: Tx,
  { teamId, org, slug }: Omit<GithubTeam, "team">,
  dueAt: Date,
): Promise<void> {
  await tx
    .insertInto("github_teams")
    .values({ team_id: teamId, org, slug, due_at: dueAt })
    .execute();
}

/** Forgets which GitHub team it was, and ends what came from there. */
export async function endGithubTeam(tx: Tx, teamId: string, now: Date): Promise<void> {
  await tx.deleteFrom("github_teams").where("team_id", "=", teamId).execute();
  await tx
    .updateTable("github_members")
    .set({ until: now })
    .where("team_id", "=", teamId)
    .where("until", "is", null)
    .execute();
}

function watched(db: Db | Tx) {
  return db
    .selectFrom("github_teams")
    .innerJoin("teams", "teams.id", "github_teams.team_id")
    .select(["github_teams.team_id as teamId", "teams.slug as team"])
    .select(["github_teams.org", "github_teams.slug", "looked_at as lookedAt", "attempts"])
    .select(["problem", "failing_since as failingSince", "is_told as isTold", "waiting"])
    .select("accepted_digest as acceptedDigest");
}

/** All of them, or those whose look is due. */
export async function listWatched(db: Db | Tx, dueAt?: Date): Promise<WatchedTeam[]> {
  const all = watched(db).orderBy("due_at").orderBy("teams.slug");
  return (dueAt === undefined ? all : all.where("due_at", "<=", dueAt)).execute();
}

/** The row of one team, held until the end of the transaction. */
export async function holdWatched(tx: Tx, teamId: string): Promise<WatchedTeam | undefined> {
  return watched(tx)
    .where("github_teams.team_id", "=", teamId)
    .forUpdate("github_teams")
    .executeTakeFirst();
}

/** Makes looks due, and none later than it was. `orgs` in lower case; all when not given. */
export async function putDue(db: Db | Tx, dueAt: Date, orgs?: readonly string[]): Promise<void> {
  const all = db.updateTable("github_teams").set({ due_at: sql`least(due_at, ${dueAt})` });
  const some = orgs === undefined ? all : all.where(sql`lower(org)`, "in", [...orgs, ""]);
  await some.execute();
}

export async function putLook(db: Db | Tx, teamId: string, look: Look): Promise<void> {
  await db
    .updateTable("github_teams")
    .set({
      due_at: look.dueAt,
      attempts: look.attempts,
      problem: look.problem,
      failing_since: look.failingSince,
      is_told: look.isTold,
    })
    .where("team_id", "=", teamId)
    .execute();
}

/** What a look came to that read the whole list: nothing waits, or a plan. */
export async function putLooked(
  tx: Tx,
  teamId: string,
  { at, waiting }: { readonly at: Date; readonly waiting: object | null },
): Promise<void> {
  await tx
    .updateTable("github_teams")
    .set({
      looked_at: at,
      waiting: waiting === null ? null : JSON.stringify(waiting),
      ...(waiting === null && { accepted_digest: null }),
    })
    .where("team_id", "=", teamId)
    .execute();
}

export async function putAccepted(tx: Tx, teamId: string, digest: string): Promise<void> {
  await tx
    .updateTable("github_teams")
    .set({ accepted_digest: digest })
    .where("team_id", "=", teamId)
    .execute();
}

/** Who is in the GitHub team, as it was seen last. */
export async function listMirrored(db: Db | Tx, teamId: string): Promise<GithubMember[]> {
  return db
    .selectFrom("github_members")
    .select(["github_id as id", "login", "role"])
    .where("team_id", "=", teamId)
    .where("until", "is", null)
    .orderBy(sql`lower(login)`)
    .execute();
}

export async function insertMirrored(
  tx: Tx,
  teamId: string,
  members: readonly GithubMember[],
  since: Date,
): Promise<void> {
  for (const { id, login, role } of members)
    await tx
      .insertInto("github_members")
      .values({ team_id: teamId, github_id: id, login, role, since, until: null })
      .execute();
}

export async function updateMirrored(
  tx: Tx,
  teamId: string,
  members: readonly GithubMember[],
): Promise<void> {
  for (const { id, login, role } of members)
    await tx
      .updateTable("github_members")
      .set({ login, role })
      .where("team_id", "=", teamId)
      .where("github_id", "=", id)
      .where("until", "is", null)
      .execute();
}

export async function endMirrored(
  tx: Tx,
  teamId: string,
  ids: readonly string[],
  until: Date,
): Promise<void> {
  await tx
    .updateTable("github_members")
    .set({ until })
    .where("team_id", "=", teamId)
    .where("github_id", "in", [...ids, ""])
    .where("until", "is", null)
    .execute();
}
