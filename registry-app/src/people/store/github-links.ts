import { sql } from "kysely";
import type { Db, Tx } from "../../db/index.ts";
import type { GithubMember } from "../plan-members.ts";

/** Who an account is on GitHub. */
export type GithubLink = {
  readonly userId: string;
  readonly login: string;
  /** Null until the login was seen in a team that the law names. */
  readonly githubId: string | null;
};

export async function listLinks(db: Db | Tx): Promise<GithubLink[]> {
  return db
    .selectFrom("github_links")
    .select(["user_id as userId", "login", "github_id as githubId"])
    .execute();
}

/** False where another account has this login or this id. */
export async function putLink(
  tx: Tx,
  { userId, login, githubId }: GithubLink,
  now: Date,
): Promise<boolean> {
  await deleteLink(tx, userId);
  const row = await tx
    .insertInto("github_links")
    .values({ user_id: userId, login, github_id: githubId, linked_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning("user_id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteLink(tx: Tx, userId: string): Promise<boolean> {
  const gone = tx.deleteFrom("github_links").where("user_id", "=", userId);
  return (await gone.executeTakeFirst()).numDeletedRows > 0n;
}

/** Gives the links that name a login and no id the id that bears it now; returns whose. */
export async function pinLinks(
  tx: Tx,
  members: readonly Pick<GithubMember, "id" | "login">[],
): Promise<{ userId: string; githubId: string }[]> {
  const ids = members.map(({ id }) => id);
  const logins = members.map(({ login }) => login.toLowerCase());
  const { rows } = await sql<{ userId: string; githubId: string }>`
    UPDATE github_links l SET github_id = m.id
    FROM unnest(${ids}::text[], ${logins}::text[]) AS m (id, login)
    WHERE l.github_id IS NULL AND lower(l.login) = m.login
      AND NOT EXISTS (SELECT FROM github_links other WHERE other.github_id = m.id)
    RETURNING l.user_id AS "userId", l.github_id AS "githubId"`.execute(tx);
  return rows;
}
