import type { Generated, GeneratedAlways, JSONColumnType } from "kysely";

export interface LogEntriesTable {
  id: GeneratedAlways<number>;
  /** Names the fact, so that the same fact is never logged twice. */
  key: string;
  line: string;
  /** Null until the line is committed to the registry log; then its place in it, from 0. */
  seq: Generated<number | null>;
  created_at: Date;
}

/** One row: the law as it was last seen. */
export interface LawMemoryTable {
  id: boolean;
  /** The last commit of the control repo that a root signed. */
  head: string;
  /** The commit that was law. */
  commit_oid: string;
  /** Its files, as JSON, gzipped. */
  content: Buffer;
  kept_at: Date;
}

export interface AuditLogTable {
  id: GeneratedAlways<number>;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: JSONColumnType<Record<string, unknown>>;
}

export interface DownloadEventsTable {
  id: GeneratedAlways<number>;
  version_id: string;
  format: string;
  at: Date;
}

export interface DeadLettersTable {
  id: string;
  job: string;
  payload: JSONColumnType<Record<string, unknown>>;
  error: string;
  failed_at: Date;
  resolved_at: Date | null;
}

/** What the host of a source was last told of a tag. */
/** What somebody asked for by a button on the host of a source. */
export interface HostAsksTable {
  id: string;
  source_id: string;
  /** The delivery that told of it. */
  guid: string;
  what: "again" | "run-evals" | "ask-waiver" | "judge";
  login: string;
  login_id: number;
  external_id: string | null;
  head_oid: string;
  /** `asked`: the host has not said yet whether they may. */
  state: "asked" | "allowed" | "refused" | "done";
  answer: Generated<string>;
  attempts: Generated<number>;
  not_before: Date | null;
  asked_at: Date;
  answered_at: Date | null;
}

/** What is known of the line to a host. */
export interface HostHealthTable {
  name: string;
  at: Date;
  detail: JSONColumnType<Record<string, unknown>>;
}

/** A delivery that the host could not make, and was asked to make again. */
export interface HostRedeliveriesTable {
  guid: string;
  attempts: number;
  not_before: Date;
  asked_at: Date;
}

/** The release that the host of a source shows for a version. */
export interface HostReleasesTable extends Omit<HostReportsTable, "tag_id" | "external_id"> {
  version_id: string;
  /** What the host calls it; `theirs` where somebody made one, which is left alone; null before the first. */
  external_id: string | null;
}

export interface HostReportsTable {
  tag_id: string;
  /** Digest of everything that the report was made of; empty before the first one got through. */
  said: string;
  /** What the host calls it: the id of a check run. */
  external_id: string | null;
  /** Failures since one that got through. */
  attempts: Generated<number>;
  not_before: Date | null;
  problem: string | null;
  updated_at: Date;
}

/** A pull request of a source, what was made of it, and what its host was told. */
export interface PullsTable {
  id: string;
  source_id: string;
  number: number;
  head_oid: string;
  base_oid: string;
  is_fork: boolean;
  /** The head of a fork that a maintainer let be judged. */
  approved_oid: Generated<string | null>;
  is_open: boolean;
  /** The head that `report` is about. */
  judged_oid: string | null;
  report: JSONColumnType<Record<string, unknown>, string | null, string | null> | null;
  judged_at: Date | null;
  /** What the scan found in it, as SARIF. */
  sarif: string | null;
  /** Whether its author could sign its release, by the law as it stood last. */
  signer: JSONColumnType<Record<string, unknown>, string | null, string | null> | null;
  said: Generated<string>;
  /** What the host calls its check runs. */
  external_id: string | null;
  attempts: Generated<number>;
  not_before: Date | null;
  problem: string | null;
  seen_at: Date;
}

/** When the pull requests of a source are asked for next. */
export interface PullLooksTable {
  source_id: string;
  due_at: Date;
}
