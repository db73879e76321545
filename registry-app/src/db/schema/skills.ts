import type { Generated, GeneratedAlways, JSONColumnType } from "kysely";
import type { Visibility } from "./sources.ts";

export type VersionState =
  "candidate" | "published" | "held" | "refused" | "quarantined" | "yanked";
export type CheckName = "signature" | "validation" | "scan" | "evals";
export type Outcome = "pass" | "review" | "warn" | "block" | "incomplete" | "errored" | "skipped";
export type Bump = "major" | "minor" | "patch" | "prerelease" | "first" | "none";
export type ArchiveFormat = "tar.gz" | "zip";
export type ArchiveFact = {
  readonly format: ArchiveFormat;
  readonly size: number;
  readonly sha256: string;
};
export type ChangelogEntry = {
  readonly type: string;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  readonly commit: string;
  readonly author: string;
};
export type ChangelogFact = {
  readonly from: string | null;
  readonly entries: readonly ChangelogEntry[];
  readonly markdown: string;
};

export interface SkillsTable {
  id: string;
  source_id: string;
  team_id: string;
  name: string;
  folder: string;
  visibility: Visibility;
  description: string;
  license: string | null;
  compatibility: string | null;
  latest_version_id: string | null;
  downloads: Generated<number>;
  created_at: Date;
  updated_at: Date;
  search: GeneratedAlways<string>;
}

/** What names an SSH certificate; `authority` is the fingerprint of its authority's key. */
export type CertificateFact = {
  readonly authority: string;
  /** Decimal. */
  readonly serial: string;
  readonly keyId: string;
};

export interface SkillVersionsTable {
  id: string;
  skill_id: string;
  tag_id: string;
  version: string;
  is_prerelease: boolean;
  state: VersionState;
  tag_name: string;
  tag_oid: string;
  /** SHA-256 in hex of what the signature covers: a signed release binds once, whatever armour it is wrapped in. */
  tag_payload_sha256: string;
  commit_oid: string;
  tree_oid: string;
  digest: string;
  tar_sha256: string;
  tar_size_bytes: number;
  frontmatter: JSONColumnType<Record<string, unknown>>;
  description: string;
  skill_md: string;
  signer_principal: string;
  signer_key: string;
  /** Fingerprints of every key that took part: an OpenPGP subkey beside its primary key. */
  signer_keys: string[];
  signer_certificate: JSONColumnType<CertificateFact> | null;
  created_by: string | null;
  bump_declared: Bump;
  bump_required: Bump;
  changelog: JSONColumnType<ChangelogFact>;
  archives: JSONColumnType<readonly ArchiveFact[], string | undefined, string>;
  decision: JSONColumnType<{
    readonly kind: string;
    readonly reasons: readonly string[];
    readonly waived?: readonly { readonly rule: string; readonly until: string }[];
  }> | null;
  first_seen_at: Date;
  decided_at: Date | null;
  published_at: Date | null;
}

export interface SkillFilesTable {
  version_id: string;
  path: string;
  mode: string;
  size_bytes: number;
  sha256: string;
}

export interface ChecksTable {
  version_id: string;
  name: CheckName;
  engine_version: string;
  /** Null while the check is still to be run. */
  outcome: Outcome | null;
  summary: Generated<string>;
  score: number | null;
  detail: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Date;
  finished_at: Date | null;
}

export interface FindingsTable {
  id: string;
  version_id: string;
  check_name: CheckName;
  rule: string;
  severity: string;
  message: string;
  file: string;
  line: number;
  column: number;
  fix: string | null;
}
