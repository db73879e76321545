import type { Generated, JSONColumnType } from "kysely";

export interface SecurityScansTable {
  version_id: string;
  /** Names engine, rules and advisories in one: another one judges anew. */
  engine: string;
  engine_version: string;
  rules_digest: string;
  advisories_at: Date | null;
  verdict: "pass" | "review" | "warn" | "block" | "incomplete";
  risk: "none" | "low" | "medium" | "high";
  score: number;
  report: JSONColumnType<Record<string, unknown>, string, string>;
  /** SHA-256 in hex of the report's canonical JSON. */
  report_digest: string;
  /** It decides nothing yet. */
  is_shadow: boolean;
  created_at: Date;
  finished_at: Date;
}

/** A version that another engine judges otherwise. */
export type ScanChange = {
  readonly coordinate: string;
  /** Null when it was never scanned before. */
  readonly from: string | null;
  readonly to: string;
  readonly isFlip: boolean;
};

export interface ScanRolloutsTable {
  engine: string;
  /** `waiting`: for somebody's word; `accepted`: that was given, and what it changes is being written. */
  state: "shadow" | "waiting" | "accepted" | "in-force";
  started_at: Date;
  /** What it read before that is read once more. */
  read_since: Date;
  finished_at: Date | null;
  versions: Generated<number>;
  /** Published versions that would be held or refused by this engine and were not before. */
  flips: Generated<number>;
  changes: JSONColumnType<readonly ScanChange[], string | undefined, string>;
  decided_by: string | null;
}

export interface ObservationsTable {
  version_id: string;
  /** What each watched case did. */
  detail: JSONColumnType<Record<string, unknown>, string, string>;
  created_at: Date;
}
