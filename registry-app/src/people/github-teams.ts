import { z } from "zod";
import { record } from "../audit/index.ts";
import { transaction, type Db, type Tx } from "../db/index.ts";
import { Refusal, type Clock } from "../runtime/index.ts";
import { actorName, type Actor } from "./actor.ts";
import { requireMay } from "./may.ts";
import { planMembers, type GithubMember, type MembersPlan } from "./plan-members.ts";
import {
  endGithubTeam,
  endMirrored,
  holdWatched,
  insertMirrored,
  listMirrored,
  listWatched,
  putAccepted,
  putDue,
  putGithubTeam,
  putLook,
  putLooked,
  updateMirrored,
  type GithubTeam,
  type WatchedTeam,
} from "./store/github.ts";
import { pinLinks } from "./store/github-links.ts";

export type { GithubTeam } from "./store/github.ts";

type Deps = { readonly clock: Clock };
type WantedTeam = {
  readonly teamId: string;
  readonly github: { readonly org: string; readonly team: string } | null;
};

/** The longest that a removal on GitHub goes unnoticed when no webhook comes. */
const LOOK_EVERY_MS = 3_600_000;
/** A webhook for each of a hundred people is one look or two. */
const HOLD_OFF_MS = 2_000;
const TELL_AFTER_MS = 24 * 3_600_000;
const TOLD_OF = 100;

/** Brings what is looked at on GitHub in line with the law; what the law opens no longer ends at once. */
export async function alignGithubTeams(
  { clock }: Deps,
  tx: Tx,
  wanted: readonly WantedTeam[],
): Promise<void> {
  const now = clock.now();
  const before = new Map((await listWatched(tx)).map((one) => [one.teamId, one]));
  const after = new Map(wanted.map(({ teamId, github }) => [teamId, github]));
  const tell = (action: string, teamId: string, detail: object) =>
    record(tx, {
      actor: "control",
      action,
      subject: `team:${teamId}`,
      detail: { ...detail },
      at: now,
    });
  for (const { teamId, org, slug } of before.values()) {
    const github = after.get(teamId) ?? null;
    if (github?.org === org && github.team === slug) continue;
    await endGithubTeam(tx, teamId, now);
    await tell("team.github.end", teamId, { org, team: slug });
  }
  for (const [teamId, github] of after) {
    const old = before.get(teamId);
    if (github === null || (old?.org === github.org && old.slug === github.team)) continue;
    await putGithubTeam(tx, { teamId, org: github.org, slug: github.team }, now);
    await tell("team.github.begin", teamId, github);
  }
}

/** Asks for looks at the teams of these organisations, soon. */
export async function askForGithubLooks(
  { clock }: Deps,
  db: Db | Tx,
  orgs: readonly string[],
): Promise<void> {
  const dueAt = new Date(clock.now().getTime() + HOLD_OFF_MS);
  const names = orgs.map((org) => org.toLowerCase());
  await putDue(db, dueAt, names);
}

/** The teams to look at now. */
export async function listDueGithubTeams({ clock }: Deps, db: Db): Promise<WatchedTeam[]> {
  return listWatched(db, clock.now());
}

export type GithubLooked =
  | { readonly kind: "applied"; readonly plan: MembersPlan }
  | { readonly kind: "waits"; readonly plan: MembersPlan }
  /** The law names another GitHub team meanwhile, or none. */
  | { readonly kind: "outdated" };

/**
 * Makes the mirror of a team say what GitHub's whole list says, and tells the audit log each change. A plan that takes
 * many out is kept for a person, until that very plan was let through.
 */
export async function applyGithubMembers(
  { clock }: Deps,
  db: Db,
  team: GithubTeam,
  wanted: readonly GithubMember[],
): Promise<GithubLooked> {
  const now = clock.now();
  return transaction(db, async (tx): Promise<GithubLooked> => {
    const row = await holdWatched(tx, team.teamId);
    if (row?.org !== team.org || row.slug !== team.slug) return { kind: "outdated" };
    const plan = planMembers(await listMirrored(tx, team.teamId), wanted);
    const isWaiting = plan.isLarge && row.acceptedDigest !== plan.digest;
    if (isWaiting) await keepWaiting(tx, row, plan, now);
    else await applyPlan(tx, row, plan, { wanted, now });
    await putLooked(tx, team.teamId, { at: now, waiting: isWaiting ? toWaiting(plan) : null });
    const dueAt = new Date(now.getTime() + LOOK_EVERY_MS);
    const fine = { attempts: 0, problem: null, failingSince: null, isTold: false };
    await putLook(tx, team.teamId, { ...fine, dueAt });
    return { kind: isWaiting ? "waits" : "applied", plan };
  });
}

async function applyPlan(
  tx: Tx,
  { teamId, org, slug }: WatchedTeam,
  plan: MembersPlan,
  { wanted, now }: { readonly wanted: readonly GithubMember[]; readonly now: Date },
): Promise<void> {
  const ids = plan.removed.map(({ id }) => id);
  await endMirrored(tx, teamId, ids, now);
  await updateMirrored(tx, teamId, [...plan.changed, ...plan.renamed]);
  await insertMirrored(tx, teamId, plan.added, now);
  const tell = async (action: string, members: readonly GithubMember[]) => {
    for (const { id, login, role } of members) {
      const detail = { org, team: slug, githubId: id, login, role };
      await record(tx, { actor: "github", action, subject: `team:${teamId}`, detail, at: now });
    }
  };
  await tell("team.github.remove", plan.removed);
  await tell("team.github.change", plan.changed);
  await tell("team.github.add", plan.added);
  for (const { userId, githubId } of await pinLinks(tx, wanted)) {
    const subject = `user:${userId}`;
    const detail = { githubId, org, team: slug };
    await record(tx, { actor: "github", action: "user.github.pin", subject, detail, at: now });
  }
}

async function keepWaiting(
  tx: Tx,
  { teamId, org, slug, waiting }: WatchedTeam,
  plan: MembersPlan,
  now: Date,
): Promise<void> {
  if (readWaiting(waiting)?.digest === plan.digest) return;
  const detail = { org, team: slug, digest: plan.digest, removed: plan.removed.length };
  const subject = `team:${teamId}`;
  await record(tx, { actor: "github", action: "team.github.wait", subject, detail, at: now });
}

/** Notes that GitHub's list could not be had. Nobody's rights change by it; when it lasts, the audit log says so once. */
export async function noteGithubFailure(
  { clock }: Deps,
  db: Db,
  team: GithubTeam,
  { problem, waitMs }: { readonly problem: string; readonly waitMs: number },
): Promise<void> {
  const now = clock.now();
  await transaction(db, async (tx) => {
    const row = await holdWatched(tx, team.teamId);
    if (row === undefined) return;
    const failingSince = row.failingSince ?? now;
    const isLong = now.getTime() - failingSince.getTime() >= TELL_AFTER_MS;
    if (isLong && !row.isTold)
      await record(tx, {
        actor: "github",
        action: "team.github.failing",
        subject: `team:${row.teamId}`,
        detail: { org: row.org, team: row.slug, problem, since: failingSince.toISOString() },
        at: now,
      });
    await putLook(tx, row.teamId, {
      dueAt: new Date(now.getTime() + waitMs),
      attempts: row.attempts + 1,
      problem,
      failingSince,
      isTold: row.isTold || isLong,
    });
  });
}

const person = z.object({ id: z.string(), login: z.string(), role: z.enum(["member", "admin"]) });
const waitingSchema = z.object({
  digest: z.string(),
  counts: z.object({ added: z.number(), removed: z.number(), changed: z.number() }),
  removed: z.array(person),
});
/** A plan that waits for a person: all of its sizes, and the first of those whom it takes out. */
export type WaitingPlan = z.output<typeof waitingSchema>;

function toWaiting({ digest, added, removed, changed }: MembersPlan): WaitingPlan {
  const counts = { added: added.length, removed: removed.length, changed: changed.length };
  return { digest, counts, removed: removed.slice(0, TOLD_OF) };
}

function readWaiting(kept: unknown): WaitingPlan | undefined {
  return kept === null ? undefined : waitingSchema.parse(kept);
}

/** A team whose people come from GitHub, as far as that was seen. */
export type GithubTeamState = GithubTeam & {
  readonly lookedAt: Date | null;
  readonly problem: string | null;
  readonly failingSince: Date | null;
  readonly waiting: WaitingPlan | undefined;
  readonly members: readonly GithubMember[];
};

/** What is known of every team's GitHub team. Throws a Refusal when the actor may not. */
export async function listGithubTeams(db: Db, actor: Actor): Promise<GithubTeamState[]> {
  requireMay(actor, "manage-users", { registry: true });
  const states: GithubTeamState[] = [];
  for (const { teamId, team, org, slug, lookedAt, problem, ...row } of await listWatched(db))
    states.push({
      teamId,
      team,
      org,
      slug,
      lookedAt,
      problem,
      failingSince: row.failingSince,
      waiting: readWaiting(row.waiting),
      members: await listMirrored(db, teamId),
    });
  return states.toSorted((left, right) => (left.team < right.team ? -1 : 1));
}

/** Lets the plan that waits through, if it is the one with this digest, and asks for the look that applies it. */
export async function acceptGithubPlan(
  { clock }: Deps,
  tx: Tx,
  actor: Actor,
  { teamId, digest }: { readonly teamId: string; readonly digest: string },
): Promise<void> {
  requireMay(actor, "manage-users", { registry: true });
  const row = await holdWatched(tx, teamId);
  const waiting = readWaiting(row?.waiting ?? null);
  if (row === undefined || waiting?.digest !== digest)
    throw new Refusal(
      "conflict",
      `No plan with the digest ${JSON.stringify(digest.slice(0, 64))} waits for this team.`,
      "See what waits now: npx assay team github",
    );
  const now = clock.now();
  await putAccepted(tx, teamId, digest);
  await putDue(tx, now, [row.org.toLowerCase()]);
  await record(tx, {
    actor: actorName(actor),
    action: "team.github.accept",
    subject: `team:${teamId}`,
    detail: { digest, ...waiting.counts },
    at: now,
  });
}
