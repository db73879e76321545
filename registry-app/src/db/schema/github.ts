import type { Generated, JSONColumnType } from "kysely";
import type { Role } from "./people.ts";

/** The GitHub team that the law names for a team, and the looks at it. */
export interface GithubTeamsTable {
  team_id: string;
  org: string;
  slug: string;
  due_at: Date;
  /** When the list was last read whole. */
  looked_at: Date | null;
  attempts: Generated<number>;
  problem: string | null;
  failing_since: Date | null;
  /** Whether the audit log says that it fails. */
  is_told: Generated<boolean>;
  /** A plan that waits for a person. */
  waiting: JSONColumnType<Record<string, unknown>> | null;
  /** The plan that a person let through. */
  accepted_digest: string | null;
}

type Json = JSONColumnType<Record<string, unknown>, string, string>;

/** What the host of a source is asked of the code owners of a version, what it said, and what came of it. */
export interface OwnerReviewsTable {
  version_id: string;
  source_id: string;
  questions: Json;
  answers: Json | null;
  verdict: Json | null;
  /** When the host is to be asked; null: it need not be. */
  due_at: Date | null;
  /** Times that it was asked since the questions were put. */
  attempts: Generated<number>;
  problem: string | null;
}

export interface GithubLinksTable {
  user_id: string;
  login: string;
  /** Null until the login was seen in a team that the law names. */
  github_id: string | null;
  linked_at: Date;
}

export interface GithubMembersTable {
  team_id: string;
  github_id: string;
  login: string;
  role: Role;
  since: Date;
  /** Null while they are in the team. */
  until: Date | null;
}
