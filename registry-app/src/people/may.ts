import type { Visibility } from "../db/index.ts";
import { Refusal } from "../runtime/index.ts";
import { SCOPES, type Actor, type Scope, type TeamActor, type UserActor } from "./actor.ts";

/** A source or a skill: owned by one team, seen by all or by that team. */
export type TeamOwned = {
  readonly teamId: string;
  readonly visibility: Visibility;
  readonly isDemo: boolean;
};
type OfTeam = { readonly teamId: string };
type OfOwner = { readonly owner: { readonly userId: string } | { readonly teamId: string } };
type OfRegistry = { readonly registry: true };

type Rule<Subject> = { readonly scope: Scope; readonly of: Subject };

/**
 * Who an action is for, besides admins of the registry and Assay itself:
 * `anyone`, `viewers` (anyone for the public, members for the private), `members` and `leads` of the owning team,
 * `owner` of a token or account, `admins` only.
 */
type Circle = "anyone" | "viewers" | "members" | "leads" | "owner" | "admins";

function rule<Subject>(scope: Scope, circle: Circle): Rule<Subject> & { readonly circle: Circle } {
  // The subject exists in the types only: it makes each action ask for the facts that its circle needs.
  return { scope, circle } as Rule<Subject> & { readonly circle: Circle };
}

/** Every action there is: the scope that a token needs for it, and the circle of people who may. */
export const ACTIONS = {
  "read-skill": rule<TeamOwned>("read", "viewers"),
  "view-source": rule<TeamOwned>("read", "viewers"),
  "view-team": rule<OfTeam>("read", "anyone"),
  "read-log": rule<TeamOwned>("read", "viewers"),
  "read-source": rule<TeamOwned>("read", "members"),
  "push-source": rule<TeamOwned>("push", "members"),
  "sync-source": rule<TeamOwned>("push", "members"),
  "run-evals": rule<TeamOwned>("push", "members"),
  "create-source": rule<OfTeam>("admin", "leads"),
  "manage-source": rule<TeamOwned>("admin", "leads"),
  "list-members": rule<OfTeam>("read", "members"),
  "manage-members": rule<OfTeam>("admin", "leads"),
  "create-team-token": rule<OfTeam>("admin", "leads"),
  "create-user-token": rule<OfOwner>("admin", "owner"),
  "list-tokens": rule<OfOwner>("admin", "owner"),
  "revoke-token": rule<OfOwner>("admin", "owner"),
  "create-user": rule<OfRegistry>("admin", "admins"),
  "manage-users": rule<OfRegistry>("admin", "admins"),
  "create-team": rule<OfRegistry>("admin", "admins"),
  "read-control": rule<OfRegistry>("read", "admins"),
  "push-control": rule<OfRegistry>("push", "admins"),
  "read-metrics": rule<OfRegistry>("read", "admins"),
  "read-health": rule<OfRegistry>("read", "admins"),
  rescan: rule<OfRegistry>("admin", "admins"),
  approve: rule<TeamOwned>("admin", "admins"),
} as const;

export type Action = keyof typeof ACTIONS;
export type SubjectOf<A extends Action> = (typeof ACTIONS)[A]["of"];
type AnySubject = TeamOwned | OfTeam | OfOwner | OfRegistry;

/** Whether the actor may do this to that. Pure; what is not granted in `ACTIONS` is denied. */
export function may<A extends Action>(actor: Actor, action: A, subject: SubjectOf<A>): boolean {
  return isGranted(actor, action, subject);
}

/** Throws the Refusal that fits when the actor may not: 401 without credentials, 403 with the wrong ones. */
export function requireMay<A extends Action>(actor: Actor, action: A, subject: SubjectOf<A>): void {
  if (may(actor, action, subject)) return;
  if (actor.kind === "anonymous") {
    throw new Refusal(
      "not-signed-in",
      "This needs a token.",
      "Send `Authorization: Bearer <token>`.",
    );
  }
  throw new Refusal("not-allowed", `This token may not ${action.replaceAll("-", " ")}.`);
}

/** What a reader sees of the catalogue, in a form that SQL can filter by; agrees with `may(…, "read-skill", …)`. */
export type Viewer =
  | { readonly kind: "everything" }
  | {
      readonly kind: "limited";
      readonly teamIds: readonly string[];
      /** Of what is private, only what belongs to the demo. */
      readonly demoOnly: boolean;
    };

/** The `Viewer` that an actor is. */
export function viewerOf(actor: Actor): Viewer {
  const nothingPrivate: Viewer = { kind: "limited", teamIds: [], demoOnly: false };
  switch (actor.kind) {
    case "system":
      return { kind: "everything" };
    case "anonymous":
      return nothingPrivate;
    case "team":
      if (!hasScope(actor, "read")) return nothingPrivate;
      return { kind: "limited", teamIds: [actor.teamId], demoOnly: actor.isDemo };
    case "user":
      if (!hasScope(actor, "read")) return nothingPrivate;
      if (actor.isAdmin && !actor.isDemo) return { kind: "everything" };
      return { kind: "limited", teamIds: [...actor.teams.keys()], demoOnly: actor.isDemo };
  }
}

function isGranted(actor: Actor, action: Action, subject: AnySubject): boolean {
  const { circle, scope } = ACTIONS[action];
  if (actor.kind === "system" || circle === "anyone") return true;
  if (circle === "viewers" && "visibility" in subject && subject.visibility === "public")
    return true;
  if (actor.kind === "anonymous" || !hasScope(actor, scope)) return false;
  // A demo credential is printed on a terminal and lives in a file: it reaches demo sources and nothing else.
  if (actor.isDemo && !("isDemo" in subject && subject.isDemo)) return false;
  if (actor.kind === "user" && actor.isAdmin && !actor.isDemo) return true;
  return isInCircle(actor, circle, subject);
}

function isInCircle(actor: UserActor | TeamActor, circle: Circle, subject: AnySubject): boolean {
  switch (circle) {
    case "viewers":
    case "members":
      return "teamId" in subject && isMember(actor, subject.teamId);
    case "leads":
      return "teamId" in subject && isLead(actor, subject.teamId);
    case "owner":
      return "owner" in subject && isOwner(actor, subject.owner);
    case "anyone":
      return true;
    case "admins":
      return false;
  }
}

function isMember(actor: UserActor | TeamActor, teamId: string): boolean {
  return actor.kind === "team" ? actor.teamId === teamId : actor.teams.has(teamId);
}

/** A machine is never a lead: a leaked team token cannot make itself a successor or let people in. */
function isLead(actor: UserActor | TeamActor, teamId: string): boolean {
  return actor.kind === "user" && actor.teams.get(teamId) === "admin";
}

function isOwner(actor: UserActor | TeamActor, owner: OfOwner["owner"]): boolean {
  if ("teamId" in owner) return isLead(actor, owner.teamId);
  return actor.kind === "user" && actor.id === owner.userId;
}

function hasScope(actor: UserActor | TeamActor, needed: Scope): boolean {
  return actor.scopes.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed));
}
