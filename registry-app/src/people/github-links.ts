import { record } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { Refusal, type Clock } from "../runtime/index.ts";
import { actorName, type Actor } from "./actor.ts";
import { requireMay } from "./may.ts";
import { putDue } from "./store/github.ts";
import { deleteLink, listLinks, putLink, type GithubLink } from "./store/github-links.ts";

export type { GithubLink } from "./store/github-links.ts";

type Deps = { readonly clock: Clock };

// Enterprise Managed Users have an underscore and a short code behind their name.
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})$/;
const ID = /^[1-9]\d{0,19}$/;

/**
 * Says who an account is on GitHub. Without an id, the login gets that of its bearer when it is first seen in a team that
 * the law names. Throws a Refusal when the actor may not, when it is no login or no id, or when another account has it.
 */
export async function linkGithub(
  { clock }: Deps,
  tx: Tx,
  actor: Actor,
  link: GithubLink,
): Promise<void> {
  requireMay(actor, "manage-users", { registry: true });
  const { userId, login, githubId } = link;
  if (!LOGIN.test(login))
    throw new Refusal("bad-request", "That is no login of GitHub.", "Write it without the @.");
  if (githubId !== null && !ID.test(githubId))
    throw new Refusal(
      "bad-request",
      "An id of GitHub is a number.",
      `GitHub says it: gh api users/${login} --jq .id`,
    );
  const now = clock.now();
  if (!(await putLink(tx, link, now)))
    throw new Refusal(
      "conflict",
      `Another account is ${login} on GitHub.`,
      "See which: npx assay user list. Take it from there first: npx assay user github EMAIL --none",
    );
  // Somebody of that login may be in a team already, and the next hour is long to wait for.
  await putDue(tx, now);
  const subject = `user:${userId}`;
  const detail = { login, githubId };
  await record(tx, {
    actor: actorName(actor),
    action: "user.github.link",
    subject,
    detail,
    at: now,
  });
}

/** Forgets who an account is on GitHub, and ends at once what it has from there. */
export async function unlinkGithub(
  { clock }: Deps,
  tx: Tx,
  actor: Actor,
  userId: string,
): Promise<void> {
  requireMay(actor, "manage-users", { registry: true });
  if (!(await deleteLink(tx, userId))) return;
  await record(tx, {
    actor: actorName(actor),
    action: "user.github.unlink",
    subject: `user:${userId}`,
    detail: {},
    at: clock.now(),
  });
}

/** Who is who on GitHub, by account. Throws a Refusal when the actor may not. */
export async function listGithubLinks(
  db: Db,
  actor: Actor,
): Promise<ReadonlyMap<string, GithubLink>> {
  requireMay(actor, "manage-users", { registry: true });
  return new Map((await listLinks(db)).map((link) => [link.userId, link]));
}
