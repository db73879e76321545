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
  created_at: Date;
  first_synced_at: Date | null;
  last_synced_at: Date | null;
  last_error: string | null;
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
