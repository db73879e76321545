import { sql } from "kysely";
import type { Db, Role, Tx } from "../db/index.ts";
import type { Scope } from "./actor.ts";

export type Team = { readonly id: string; readonly slug: string; readonly name: string };
export type User = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
};
export type Member = {
  readonly user: User;
  readonly role: Role;
  /** Made by hand, or there because of a GitHub team. Who is both stands twice. */
  readonly origin: "hand" | "github";
};

/** A token without its secret, which is kept nowhere. */
export type TokenFacts = {
  readonly id: string;
  readonly name: string;
  readonly owner: { readonly userId: string } | { readonly teamId: string };
  readonly scopes: readonly Scope[];
  readonly isDemo: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
};

export type Credential = {
  readonly tokenId: string;
  readonly teamId: string | null;
  readonly user: User | null;
  readonly memberships: readonly { readonly teamId: string; readonly role: Role }[];
  readonly scopes: readonly string[];
  readonly isDemo: boolean;
  readonly lastUsedAt: Date | null;
};

/** The live token with this hash and all that its rights rest on, in one indexed query. */
export async function findCredential(db: Db, hash: Buffer, now: Date) {
  const row = await db
    .selectFrom("tokens")
    .leftJoin("users", "users.id", "tokens.user_id")
    .select([
      "tokens.id as token_id",
      "tokens.team_id",
      "tokens.scopes",
      "tokens.is_demo",
      "tokens.last_used_at",
      "users.id as user_id",
      "users.email",
      "users.name",
      "users.is_admin",
    ])
    .select(
      // By hand and from GitHub; the least of the words is "admin", the higher role of both.
      sql<{ teamId: string; role: Role }[]>`coalesce(
        (SELECT json_agg(json_build_object('teamId', m.team_id, 'role', m.role)) FROM (
           SELECT team_id, min(role) AS role FROM (
             SELECT team_id, role FROM team_members WHERE user_id = tokens.user_id
             UNION ALL
             SELECT g.team_id, g.role FROM github_links l
               JOIN github_members g ON g.github_id = l.github_id AND g.until IS NULL
               WHERE l.user_id = tokens.user_id) either
           GROUP BY team_id) m), '[]')`.as("memberships"),
    )
    .where("tokens.hash", "=", hash)
    .where("tokens.revoked_at", "is", null)
    .where("users.disabled_at", "is", null)
    .where((eb) => eb.or([eb("tokens.expires_at", "is", null), eb("tokens.expires_at", ">", now)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { user_id: id, email, name, is_admin: isAdmin } = row;
  const user =
    id === null || email === null || name === null
      ? null
      : { id, email, name, isAdmin: isAdmin === true, isDisabled: false };
  return {
    tokenId: row.token_id,
    teamId: row.team_id,
    user,
    memberships: row.memberships,
    scopes: row.scopes,
    isDemo: row.is_demo,
    lastUsedAt: row.last_used_at,
  } satisfies Credential;
}

export async function touchToken(db: Db, tokenId: string, now: Date): Promise<void> {
  await db.updateTable("tokens").set({ last_used_at: now }).where("id", "=", tokenId).execute();
}

type NewTokenRow = {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly owner: TokenFacts["owner"];
  readonly scopes: readonly Scope[];
  readonly isDemo: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
};

export async function insertToken(tx: Tx, token: NewTokenRow): Promise<void> {
  await tx
    .insertInto("tokens")
    .values({
      id: token.id,
      name: token.name,
      hash: token.hash,
      user_id: "userId" in token.owner ? token.owner.userId : null,
      team_id: "teamId" in token.owner ? token.owner.teamId : null,
      scopes: [...token.scopes],
      is_demo: token.isDemo,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .execute();
}

export async function findToken(db: Db, id: string): Promise<TokenFacts | undefined> {
  const row = await tokenRows(db).where("id", "=", id).executeTakeFirst();
  return row && toTokenFacts(row);
}

export async function listTokensOf(db: Db, owner: TokenFacts["owner"]): Promise<TokenFacts[]> {
  const rows = await tokenRows(db)
    .where((eb) =>
      "userId" in owner ? eb("user_id", "=", owner.userId) : eb("team_id", "=", owner.teamId),
    )
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toTokenFacts);
}

/** Returns whether it was live until now. */
export async function markTokenRevoked(tx: Tx, id: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("tokens")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Returns undefined when the address is taken. */
export async function insertUser(
  tx: Tx,
  user: Omit<User, "isDisabled"> & { readonly createdAt: Date },
): Promise<User | undefined> {
  const row = await tx
    .insertInto("users")
    .values({
      id: user.id,
      email: user.email,
      name: user.name,
      is_admin: user.isAdmin,
      created_at: user.createdAt,
    })
    .onConflict((c) => c.expression(sql`lower(email)`).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toUser(row);
}

export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom("users")
    .selectAll()
    .where(sql`lower(email)`, "=", email.toLowerCase())
    .executeTakeFirst();
  return row && toUser(row);
}

export async function listAllUsers(db: Db): Promise<User[]> {
  return (await db.selectFrom("users").selectAll().orderBy("email").execute()).map(toUser);
}

export async function markUserDisabled(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("users")
    .set({ disabled_at: now })
    .where("id", "=", userId)
    .where("disabled_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function putTeam(tx: Tx, team: Team & { readonly createdAt: Date }): Promise<Team> {
  return tx
    .insertInto("teams")
    .values({ id: team.id, slug: team.slug, name: team.name, created_at: team.createdAt })
    .onConflict((c) => c.column("slug").doUpdateSet({ name: team.name }))
    .returning(["id", "slug", "name"])
    .executeTakeFirstOrThrow();
}

export async function findTeamBySlug(db: Db, slug: string): Promise<Team | undefined> {
  return db
    .selectFrom("teams")
    .select(["id", "slug", "name"])
    .where("slug", "=", slug)
    .executeTakeFirst();
}

export async function listAllTeams(db: Db): Promise<Team[]> {
  return db.selectFrom("teams").select(["id", "slug", "name"]).orderBy("slug").execute();
}

type MembershipRow = {
  readonly teamId: string;
  readonly userId: string;
  readonly role: Role;
  readonly createdAt: Date;
};

export async function putMember(tx: Tx, member: MembershipRow): Promise<void> {
  await tx
    .insertInto("team_members")
    .values({
      team_id: member.teamId,
      user_id: member.userId,
      role: member.role,
      created_at: member.createdAt,
    })
    .onConflict((c) => c.columns(["team_id", "user_id"]).doUpdateSet({ role: member.role }))
    .execute();
}

/** Ends the tokens and memberships of every team that is not among `slugs`; returns the teams that had any. */
export async function endTeamsExcept(
  tx: Tx,
  slugs: readonly string[],
  now: Date,
): Promise<string[]> {
  const gone = tx
    .selectFrom("teams")
    .where("slug", "not in", slugs.length > 0 ? [...slugs] : [""])
    .select("id");
  const tokens = await tx
    .updateTable("tokens")
    .set({ revoked_at: now })
    .where("team_id", "in", gone)
    .where("revoked_at", "is", null)
    .returning("team_id as teamId")
    .execute();
  const members = await tx
    .deleteFrom("team_members")
    .where("team_id", "in", gone)
    .returning("team_id as teamId")
    .execute();
  return [...new Set([...tokens, ...members].flatMap(({ teamId }) => teamId ?? []))];
}

export async function deleteMember(tx: Tx, teamId: string, userId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom("team_members")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function listMembersOf(db: Db, teamId: string): Promise<Member[]> {
  const byHand = await db
    .selectFrom("team_members")
    .innerJoin("users", "users.id", "team_members.user_id")
    .selectAll("users")
    .select("team_members.role")
    .where("team_members.team_id", "=", teamId)
    .orderBy("users.email")
    .execute();
  const fromGithub = await db
    .selectFrom("github_members")
    .innerJoin("github_links", "github_links.github_id", "github_members.github_id")
    .innerJoin("users", "users.id", "github_links.user_id")
    .selectAll("users")
    .select("github_members.role")
    .where("github_members.team_id", "=", teamId)
    .where("github_members.until", "is", null)
    .orderBy("users.email")
    .execute();
  return [
    ...byHand.map((row) => ({ user: toUser(row), role: row.role, origin: "hand" as const })),
    ...fromGithub.map((row) => ({ user: toUser(row), role: row.role, origin: "github" as const })),
  ];
}

function tokenRows(db: Db) {
  return db
    .selectFrom("tokens")
    .select(["id", "name", "user_id", "team_id", "scopes", "is_demo"])
    .select(["created_at", "expires_at", "last_used_at", "revoked_at"]);
}

type TokenRow = Awaited<ReturnType<ReturnType<typeof tokenRows>["execute"]>>[number];

function toTokenFacts(row: TokenRow): TokenFacts {
  return {
    id: row.id,
    name: row.name,
    owner: row.user_id === null ? { teamId: row.team_id ?? "" } : { userId: row.user_id },
    scopes: row.scopes as Scope[],
    isDemo: row.is_demo,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}

function toUser(row: {
  id: string;
  email: string;
  name: string;
  is_admin: boolean;
  disabled_at: Date | null;
}): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    isAdmin: row.is_admin,
    isDisabled: row.disabled_at !== null,
  };
}
