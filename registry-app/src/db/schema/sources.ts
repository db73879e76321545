import type { Generated, JSONColumnType } from "kysely";

export type Visibility = "public" | "private";
export type SourceKind = "hosted" | "followed";
export type TagState = "pending" | "published" | "held" | "refused" | "ignored";
export type Drift = "moved" | "vanished" | "unreachable";

/** One line of "what was judged": the clause, whether it held, and the evidence. */
export type Clause = { readonly name: string; readonly held: boolean; readonly evidence: string };

export interface SourcesTable {
  id: string;
  slug: string;
  team_id: string;
  kind: SourceKind;
  url: string | null;
  visibility: Visibility;
  branch: string;
  state: "active" | "removed";
  is_demo: Generated<boolean>;
  is_single_author: Generated<boolean>;
  /** Whether its host shows each published version as a release. */
  has_host_releases: Generated<boolean>;
  created_at: Date;
  first_synced_at: Date | null;
  last_synced_at: Date | null;
  last_error: string | null;
  /** Since then nothing new is admitted, for the reason beside it, until an admin says so. */
  frozen_at: Date | null;
  frozen_reason: string | null;
  /** When an admin last ended a freeze; what was seen before counts towards no other. */
  thawed_at: Date | null;
  /** Where the protected branch stood when its versions were last looked for on it, and how many versions those were. */
  tip_oid: string | null;
  tip_versions: number | null;
  hook_generation: Generated<number>;
  hook_rotated_at: Date | null;
}

export type AlertKind = "moved" | "vanished" | "rewritten" | "replaced";

/** Each row was told once, in the audit log, and is not told again. */
export interface AlertsTable {
  source_id: string;
  kind: AlertKind;
  /** The tag or the branch. */
  subject: string;
  /** The object it stands at now; empty when it is gone. */
  target: string;
  at: Date;
}

/** When the timer looks at a source next, and how many looks failed since one that did not. */
export interface LooksTable {
  source_id: string;
  due_at: Date;
  failures: Generated<number>;
}

export interface SourceCredentialsTable {
  source_id: string;
  kind: "https" | "ssh";
  /** The one host it is meant for, as `https://host:port`. */
  origin: string;
  sealed: Buffer;
  /** Keys that the ssh host is known by; public. */
  known_hosts: string | null;
  set_at: Date;
}

export interface DeliveriesTable {
  id: string;
  source_id: string;
  host: string;
  host_delivery_id: string;
  state: "received" | "done";
  received_at: Date;
  done_at: Date | null;
}

export interface TagsTable {
  id: string;
  source_id: string;
  name: string;
  oid: string;
  /** The commit that the tag is of, as its host's git says; null where it is of none, or was never in git. */
  commit_oid: Generated<string | null>;
  bytes: Buffer | null;
  state: TagState;
  drift: Drift | null;
  imported: Generated<boolean>;
  /** False for an attempt that the update hook refused: git kept nothing of it. */
  in_git: boolean;
  code: string | null;
  reason: string | null;
  remedy: string | null;
  clauses: JSONColumnType<readonly Clause[], string | undefined, string>;
  first_seen_at: Date;
  decided_at: Date | null;
}

export interface CommitsTable {
  source_id: string;
  oid: string;
  parents: string[];
  position: number;
  author_name: string;
  author_email: string;
  committed_at: Date;
  message: string;
  folders: string[];
}
