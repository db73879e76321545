import { record } from "../audit/index.ts";
import type { Db, Role, Tx } from "../db/index.ts";
import { Refusal, type Clock, type Ids } from "../runtime/index.ts";
import { actorName, SCOPES, type Actor, type Scope } from "./actor.ts";
import { requireMay } from "./may.ts";
import {
  findCredential,
  findToken,
  insertToken,
  listTokensOf,
  markTokenRevoked,
  touchToken,
  type TokenFacts,
} from "./store.ts";
import { hashToken, isTokenShaped, makeTokenText } from "./token-text.ts";

export type { TokenFacts } from "./store.ts";
export type TokenOwner = TokenFacts["owner"];
export type NewToken = {
  readonly name: string;
  readonly owner: TokenOwner;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly isDemo?: boolean;
};

const TOUCH_EVERY_MS = 10 * 60_000;

/**
 * Makes a token; `text` is shown once and stored nowhere. Throws a Refusal when the actor may not, when no scope
 * is named, or when a demo token is asked for by anyone but Assay itself.
 */
export async function createToken(
  deps: { readonly clock: Clock; readonly ids: Ids },
  tx: Tx,
  actor: Actor,
  wanted: NewToken,
): Promise<{ readonly id: string; readonly text: string }> {
  requireMayMake(actor, wanted);
  if (wanted.scopes.length === 0) {
    throw new Refusal("bad-request", "A token needs a scope.", `Choose from ${SCOPES.join(", ")}.`);
  }
  const now = deps.clock.now();
  const id = deps.ids.next();
  const text = makeTokenText(deps.ids);
  await insertToken(tx, {
    id,
    name: wanted.name,
    hash: hashToken(text),
    owner: wanted.owner,
    scopes: wanted.scopes,
    isDemo: wanted.isDemo ?? false,
    createdAt: now,
    expiresAt: wanted.expiresAt,
  });
  const detail = { name: wanted.name, owner: wanted.owner, scopes: [...wanted.scopes] };
  await record(tx, {
    actor: actorName(actor),
    action: "token.create",
    subject: `token:${id}`,
    detail,
    at: now,
  });
  return { id, text };
}

/** Ends a token at once. Throws a Refusal when the actor may not; revoking twice changes nothing. */
export async function revokeToken(
  deps: { readonly clock: Clock },
  tx: Tx,
  actor: Actor,
  tokenId: string,
): Promise<void> {
  const token = await findToken(tx, tokenId);
  if (token === undefined) throw new Refusal("not-found", "There is no such token.");
  requireMay(actor, "revoke-token", { owner: token.owner });
  const now = deps.clock.now();
  if (!(await markTokenRevoked(tx, tokenId, now))) return;
  await record(tx, {
    actor: actorName(actor),
    action: "token.revoke",
    subject: `token:${tokenId}`,
    detail: { name: token.name },
    at: now,
  });
}

/** The tokens of one owner, oldest first, revoked ones too. Throws a Refusal when the actor may not. */
export async function listTokens(db: Db, actor: Actor, owner: TokenOwner): Promise<TokenFacts[]> {
  requireMay(actor, "list-tokens", { owner });
  return listTokensOf(db, owner);
}

/**
 * Who a token speaks for; undefined when it is unknown, revoked or expired, or its person is disabled.
 * Nothing is cached, so revoking a token or a membership acts on the next request.
 */
export async function authenticate(
  deps: { readonly clock: Clock },
  db: Db,
  token: string,
): Promise<Actor | undefined> {
  if (!isTokenShaped(token)) return undefined;
  const now = deps.clock.now();
  const found = await findCredential(db, hashToken(token), now);
  if (found === undefined) return undefined;
  if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > TOUCH_EVERY_MS) {
    await touchToken(db, found.tokenId, now);
  }
  const scopes = SCOPES.filter((scope) => found.scopes.includes(scope));
  if (found.teamId !== null) {
    return { kind: "team", teamId: found.teamId, scopes, isDemo: found.isDemo };
  }
  if (found.user === null) return undefined;
  const { id, email, isAdmin } = found.user;
  const teams = new Map<string, Role>(found.memberships.map((m) => [m.teamId, m.role]));
  return { kind: "user", id, email, isAdmin, teams, scopes, isDemo: found.isDemo };
}

function requireMayMake(actor: Actor, wanted: NewToken): void {
  const { owner } = wanted;
  if ("teamId" in owner) requireMay(actor, "create-team-token", { teamId: owner.teamId });
  else requireMay(actor, "create-user-token", { owner });
  if (wanted.isDemo === true && actor.kind !== "system") {
    throw new Refusal("not-allowed", "Only the demo makes demo tokens.");
  }
}
