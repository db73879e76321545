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
