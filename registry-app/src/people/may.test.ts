import { describe, expect, it } from "vitest";
import { ANONYMOUS, SYSTEM, type Actor, type Scope } from "./actor.ts";
import { ACTIONS, may, viewerOf, type Action } from "./may.ts";

const OURS = "team-ours";
const user = (isAdmin: boolean, role: "member" | "admin" | null, scopes: Scope[], isDemo = false) =>
  ({
    kind: "user",
    id: "user-me",
    email: "me@example.test",
    isAdmin,
    teams: new Map(role === null ? [] : [[OURS, role]]),
    scopes,
    isDemo,
  }) satisfies Actor;
const team = (teamId: string, scopes: Scope[], isDemo = false) =>
  ({ kind: "team", teamId, scopes, isDemo }) satisfies Actor;

const ACTORS = {
  anonymous: ANONYMOUS,
  system: SYSTEM,
  stranger: user(false, null, ["admin"]),
  member: user(false, "member", ["admin"]),
  "member:push": user(false, "member", ["push"]),
  "member:read": user(false, "member", ["read"]),
  lead: user(false, "admin", ["admin"]),
  "lead:push": user(false, "admin", ["push"]),
  root: user(true, null, ["admin"]),
  "root:read": user(true, null, ["read"]),
  "root:demo": user(true, "admin", ["admin"], true),
  machine: team(OURS, ["admin"]),
  "machine:push": team(OURS, ["push"]),
  "machine:read": team(OURS, ["read"]),
  "machine:none": team(OURS, []),
  "other machine": team("team-other", ["admin"]),
  demo: team(OURS, ["push"], true),
} satisfies Record<string, Actor>;
type Name = keyof typeof ACTORS;

const everyone = Object.keys(ACTORS) as Name[];
const owned = { teamId: OURS, visibility: "private", isDemo: false } as const;
const open = { ...owned, visibility: "public" } as const;
const demo = { ...owned, isDemo: true } as const;
const registry = { registry: true } as const;
const mine = { owner: { userId: "user-me" } } as const;
const theirs = { owner: { userId: "user-them" } } as const;
const ofTeam = { owner: { teamId: OURS } } as const;

const readers: Name[] = [
  "system",
  "member",
  "member:push",
  "member:read",
  "lead",
  "lead:push",
  "root",
  "root:read",
  "machine",
  "machine:push",
  "machine:read",
];
const pushers = readers.filter((name) => !name.endsWith(":read"));
const demoReaders: Name[] = [...readers, "root:demo", "demo"];
const demoPushers: Name[] = [...pushers, "root:demo", "demo"];
const leads: Name[] = ["system", "lead", "root"];
const roots: Name[] = ["system", "root"];
// Everybody in the table is `user-me` where they are a person.
const myself: Name[] = ["system", "stranger", "member", "lead", "root"];

/** Per action: the subject, and exactly who may. Everybody who is not named may not. */
const TABLE: readonly [Action, string, unknown, readonly Name[]][] = [
  ["read-skill", "public", open, everyone],
  ["read-skill", "private", owned, readers],
  ["read-skill", "private demo", demo, demoReaders],
  ["view-source", "public", open, everyone],
  ["view-source", "private", owned, readers],
  ["view-source", "private demo", demo, demoReaders],
  ["view-team", "any", { teamId: OURS }, everyone],
  ["read-log", "public", open, everyone],
  ["read-log", "of private names too", { ...owned, teamId: "" }, [...roots, "root:read"]],
  ["read-source", "public", open, readers],
  ["read-source", "private", owned, readers],
  ["read-source", "demo", demo, demoReaders],
  ["push-source", "public", open, pushers],
  ["push-source", "private", owned, pushers],
  ["push-source", "demo", demo, demoPushers],
  ["sync-source", "private", owned, pushers],
  ["sync-source", "demo", demo, demoPushers],
  ["run-evals", "private", owned, pushers],
  ["run-evals", "demo", demo, demoPushers],
  ["create-source", "a team's", { teamId: OURS }, leads],
  ["manage-source", "private", owned, leads],
  ["manage-source", "demo", demo, [...leads, "root:demo"]],
  ["list-members", "a team's", { teamId: OURS }, readers],
  ["manage-members", "a team's", { teamId: OURS }, leads],
  ["create-team-token", "a team's", { teamId: OURS }, leads],
  ["create-user-token", "their own", mine, myself],
  ["create-user-token", "another's", theirs, roots],
  ["create-user-token", "a team's", ofTeam, leads],
  ["list-tokens", "their own", mine, myself],
  ["list-tokens", "another's", theirs, roots],
  ["list-tokens", "a team's", ofTeam, leads],
  ["revoke-token", "their own", mine, myself],
  ["revoke-token", "another's", theirs, roots],
  ["revoke-token", "a team's", ofTeam, leads],
  ["create-user", "the", registry, roots],
  ["manage-users", "the", registry, roots],
  ["create-team", "the", registry, roots],
  ["read-control", "the", registry, [...roots, "root:read"]],
  ["push-control", "the", registry, roots],
  ["read-metrics", "the", registry, [...roots, "root:read"]],
  ["read-health", "the", registry, [...roots, "root:read"]],
  ["rescan", "the", registry, roots],
  ["approve", "private", owned, roots],
  ["approve", "demo", demo, [...roots]],
];

describe("may", () => {
  it.each(TABLE)(
    "%s (%s) is allowed to exactly the named actors",
    (action, _which, subject, who) => {
      const allowed = everyone.filter((name) => may(ACTORS[name], action, subject as never));
      expect(allowed.toSorted()).toEqual([...who].toSorted());
    },
  );

  it("denies what this table does not grant: every action that there is stands in it", () => {
    const tested = new Set(TABLE.map(([action]) => action));
    expect([...tested].toSorted()).toEqual(Object.keys(ACTIONS).toSorted());
  });

  it("denies a subject that names neither team nor owner", () => {
    for (const action of ["read-source", "manage-members", "revoke-token"] as const) {
      expect(may(ACTORS.lead, action, {} as never)).toBe(false);
    }
  });
});

describe("viewerOf", () => {
  it.each(everyone)("shows %s in SQL exactly what may() lets them read", (name) => {
    const viewer = viewerOf(ACTORS[name]);
    for (const skill of [open, owned, demo, { ...owned, teamId: "team-third" }]) {
      const shown =
        skill.visibility === "public" ||
        viewer.kind === "everything" ||
        (viewer.teamIds.includes(skill.teamId) && (!viewer.demoOnly || skill.isDemo));
      expect([skill, shown]).toEqual([skill, may(ACTORS[name], "read-skill", skill)]);
    }
  });
});
