import { record } from "../audit/index.ts";
import type { Db, Role, Tx } from "../db/index.ts";
import { Refusal, type Clock, type Ids } from "../runtime/index.ts";
import { actorName, type Actor } from "./actor.ts";
import { requireMay } from "./may.ts";
import {
  deleteMember,
  endTeamsExcept,
  findTeamBySlug,
  listAllTeams,
  listMembersOf,
  putMember,
  putTeam,
  type Member,
  type Team,
} from "./store.ts";

export type { Member, Team } from "./store.ts";

type Deps = { readonly clock: Clock; readonly ids: Ids };

/** Indexes a team of the control repo, which alone says what teams there are; its id stays when its name changes. */
export async function upsertTeam(
  deps: Deps,
  tx: Tx,
  team: { readonly slug: string; readonly name: string },
): Promise<Team> {
  return putTeam(tx, { id: deps.ids.next(), ...team, createdAt: deps.clock.now() });
}

/** Ends every right that came with a team which the control repo names no longer: its tokens and its memberships. */
export async function retireTeamsExcept(
  deps: { readonly clock: Clock },
  tx: Tx,
  slugs: readonly string[],
): Promise<void> {
  const now = deps.clock.now();
  for (const teamId of await endTeamsExcept(tx, slugs, now)) {
    await record(tx, {
      actor: "control",
      action: "team.retire",
      subject: `team:${teamId}`,
      detail: {},
      at: now,
    });
  }
}

/** The team with this slug. */
export async function findTeam(db: Db, slug: string): Promise<Team | undefined> {
  return findTeamBySlug(db, slug);
}

/** Every team, by slug. */
export async function listTeams(db: Db): Promise<Team[]> {
  return listAllTeams(db);
}

/** The people of a team, by address. Throws a Refusal when the actor may not. */
export async function listMembers(db: Db, actor: Actor, teamId: string): Promise<Member[]> {
  requireMay(actor, "list-members", { teamId });
  return listMembersOf(db, teamId);
}

/** Lets a person into a team, or changes their role there. Throws a Refusal when the actor may not. */
export async function addMember(
  deps: { readonly clock: Clock },
  tx: Tx,
  actor: Actor,
  wanted: { readonly teamId: string; readonly userId: string; readonly role: Role },
): Promise<void> {
  requireMay(actor, "manage-members", { teamId: wanted.teamId });
  const now = deps.clock.now();
  await putMember(tx, { ...wanted, createdAt: now });
  await record(tx, {
    actor: actorName(actor),
    action: "team.member.add",
    subject: `team:${wanted.teamId}`,
    detail: { userId: wanted.userId, role: wanted.role },
    at: now,
  });
}

/** Takes a person out of a team; every right that came with it ends with the next request. */
export async function removeMember(
  deps: { readonly clock: Clock },
  tx: Tx,
  actor: Actor,
  gone: { readonly teamId: string; readonly userId: string },
): Promise<void> {
  requireMay(actor, "manage-members", { teamId: gone.teamId });
  if (!(await deleteMember(tx, gone.teamId, gone.userId))) {
    throw new Refusal(
      "not-found",
      "This person was not let into the team by hand.",
      "Who is in it because of a GitHub team is taken out there.",
    );
  }
  await record(tx, {
    actor: actorName(actor),
    action: "team.member.remove",
    subject: `team:${gone.teamId}`,
    detail: { userId: gone.userId },
    at: deps.clock.now(),
  });
}
