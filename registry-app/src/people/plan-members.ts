import { createHash } from "node:crypto";
import type { Role } from "../db/index.ts";

/** Somebody in a GitHub team. The id is theirs for good, the login until they give it up. */
export type GithubMember = {
  readonly id: string;
  readonly login: string;
  readonly role: Role;
};

/** What makes the mirror of a GitHub team say what GitHub says. */
export type MembersPlan = {
  readonly added: readonly GithubMember[];
  readonly removed: readonly GithubMember[];
  /** Another role; as they are to be. */
  readonly changed: readonly GithubMember[];
  /** Another login and nothing else. */
  readonly renamed: readonly GithubMember[];
  /** Names this plan: what it does to whom. */
  readonly digest: string;
  /** Takes so many out at once that a person looks at it first. */
  readonly isLarge: boolean;
};

const MANY = 5;
const SHARE = 1 / 3;

/** The plan from who is in the mirror to who is in the team. Pure; the order of the lists does not matter. */
export function planMembers(
  now: readonly GithubMember[],
  wanted: readonly GithubMember[],
): MembersPlan {
  const before = new Map(now.map((one) => [one.id, one]));
  const after = new Map(wanted.map((one) => [one.id, one]));
  const [old, next] = [sorted(before), sorted(after)];
  const added = next.filter(({ id }) => !before.has(id));
  const removed = old.filter(({ id }) => !after.has(id));
  const kept = next.filter(({ id }) => before.has(id));
  const changed = kept.filter(({ id, role }) => before.get(id)?.role !== role);
  const renamed = kept.filter(
    ({ id, role, login }) => before.get(id)?.role === role && before.get(id)?.login !== login,
  );
  const isLarge = removed.length > MANY && removed.length > before.size * SHARE;
  const digest = digestOf({ added, removed, changed });
  return { added, removed, changed, renamed, digest, isLarge };
}

function sorted(members: ReadonlyMap<string, GithubMember>): GithubMember[] {
  const byId = (left: GithubMember, right: GithubMember) => (left.id < right.id ? -1 : 1);
  return [...members.values()].toSorted(byId);
}

function digestOf(plan: Pick<MembersPlan, "added" | "removed" | "changed">): string {
  const ids = (members: readonly GithubMember[]) => members.map(({ id, role }) => [id, role]);
  const parts = [ids(plan.added), ids(plan.removed), ids(plan.changed)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
