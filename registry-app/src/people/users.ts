import { record } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { Refusal, type Clock, type Ids } from "../runtime/index.ts";
import { actorName, type Actor } from "./actor.ts";
import { requireMay } from "./may.ts";
import { findUserByEmail, insertUser, listAllUsers, markUserDisabled, type User } from "./store.ts";

export type { User } from "./store.ts";

// Deliberately loose: an address is proven by mail that arrives, not by grammar.
const EMAIL = /^[^\s@<>"']{1,64}@[^\s@<>"']{1,189}$/;
const CONTROL = /\p{Cc}/u;

/** Makes an account. Throws a Refusal when the actor may not, the address is no address, or it is taken. */
export async function createUser(
  deps: { readonly clock: Clock; readonly ids: Ids },
  tx: Tx,
  actor: Actor,
  wanted: { readonly email: string; readonly name: string; readonly isAdmin: boolean },
): Promise<User> {
  requireMay(actor, "create-user", { registry: true });
  const email = wanted.email.trim();
  const name = wanted.name.trim() || email;
  if (!EMAIL.test(email) || CONTROL.test(email)) {
    throw new Refusal("bad-request", "That is not an e-mail address.", "Write it as name@host.");
  }
  if (name.length > 200 || CONTROL.test(name)) {
    throw new Refusal("bad-request", "A name is one line of up to 200 characters.");
  }
  const now = deps.clock.now();
  const id = deps.ids.next();
  const user = await insertUser(tx, { id, email, name, isAdmin: wanted.isAdmin, createdAt: now });
  if (user === undefined) {
    throw new Refusal("conflict", `There is already an account for ${email}.`);
  }
  await record(tx, {
    actor: actorName(actor),
    action: "user.create",
    subject: `user:${id}`,
    detail: { email, isAdmin: wanted.isAdmin },
    at: now,
  });
  return user;
}

/** Ends an account and with it every token of that person, at once. Throws a Refusal when the actor may not. */
export async function disableUser(
  deps: { readonly clock: Clock },
  tx: Tx,
  actor: Actor,
  userId: string,
): Promise<void> {
  requireMay(actor, "manage-users", { registry: true });
  const now = deps.clock.now();
  if (!(await markUserDisabled(tx, userId, now))) return;
  await record(tx, {
    actor: actorName(actor),
    action: "user.disable",
    subject: `user:${userId}`,
    detail: {},
    at: now,
  });
}

/** The account with this address, in whatever case it is written. */
export async function findUser(db: Db, email: string): Promise<User | undefined> {
  return findUserByEmail(db, email.trim());
}

/** Every account, by address. Throws a Refusal when the actor may not. */
export async function listUsers(db: Db, actor: Actor): Promise<User[]> {
  requireMay(actor, "manage-users", { registry: true });
  return listAllUsers(db);
}
