import type { Role } from "../db/index.ts";

/** What a token may be used for; each scope includes the ones before it. */
export const SCOPES = ["read", "push", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A person, through one of their tokens: `scopes` narrow what the person may. */
export type UserActor = {
  readonly kind: "user";
  readonly id: string;
  readonly email: string;
  readonly isAdmin: boolean;
  /** By team id. */
  readonly teams: ReadonlyMap<string, Role>;
  readonly scopes: readonly Scope[];
  readonly isDemo: boolean;
};

/** A machine that acts for a team and never for more than that team. */
export type TeamActor = {
  readonly kind: "team";
  readonly teamId: string;
  readonly scopes: readonly Scope[];
  readonly isDemo: boolean;
};

/** Who asks. `system` is Assay itself and the operator at the command line, never a request. */
export type Actor =
  { readonly kind: "anonymous" } | { readonly kind: "system" } | UserActor | TeamActor;

/** Who asks when no credential was sent. */
export const ANONYMOUS: Actor = { kind: "anonymous" };

/** Assay itself. */
export const SYSTEM: Actor = { kind: "system" };

/** How an actor is written in the audit log: an id, since people change their addresses. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "anonymous":
    case "system":
      return actor.kind;
    case "user":
      return `user:${actor.id}`;
    case "team":
      return `team:${actor.teamId}`;
  }
}
