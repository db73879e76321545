import type {
  ArchiveFact,
  Bump,
  CertificateFact,
  ChangelogFact,
  CheckName,
  Clause,
  Outcome,
  VersionState,
} from "../db/index.ts";
import type { ArchiveFile } from "../blobs/index.ts";
import type { SkillReading } from "../skill/index.ts";
import type { Source } from "../sources/index.ts";
import type { TagCode } from "./codes.ts";

/** A tag that waits for its judgement. */
export type PendingTag = {
  readonly id: string;
  readonly name: string;
  readonly oid: string;
  readonly imported: boolean;
  readonly firstSeenAt: Date;
};

export type FindingFact = {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fix?: string | undefined;
};

export type FileFact = {
  readonly path: string;
  readonly mode: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/** Why a tag is not accepted, with the clauses that did hold before the one that failed. */
export type Refused = {
  readonly kind: "refused";
  readonly code: TagCode;
  readonly reason: string;
  readonly remedy: string;
  readonly clauses: readonly Clause[];
  readonly findings: readonly FindingFact[];
};

/** A tag that names no version: no error, and nothing to judge. */
export type Ignored = { readonly kind: "ignored"; readonly reason: string };

/** Who signed a version, and by what a revocation would find the signature. */
export type VersionSigner = {
  readonly principal: string;
  /** The fingerprint that pages show. */
  readonly key: string;
  /** Fingerprints of every key that took part, `key` among them. */
  readonly keys: readonly string[];
  readonly certificate: CertificateFact | null;
};

/** Everything that is known of a good tag before the database is asked whether its version is still free. */
export type Judged = {
  readonly kind: "good";
  readonly clauses: readonly Clause[];
  readonly tagBytes: Buffer;
  /** SHA-256 in hex of the bytes that the signature covers. */
  readonly payloadSha256: string;
  readonly skill: string;
  readonly version: string;
  readonly folder: string;
  readonly commitOid: string;
  readonly treeOid: string;
  readonly signer: VersionSigner;
  readonly reading: SkillReading;
  readonly skillMd: string;
  readonly files: readonly ArchiveFile[];
};

/** What a skill's folder comes to as bytes that are kept and served. */
export type Packed = {
  readonly digest: string;
  readonly tarSha256: string;
  readonly tarSizeBytes: number;
  readonly files: readonly FileFact[];
};

/** What the changelog step adds to a judged tag. */
export type History = {
  readonly bumpDeclared: Bump;
  readonly bumpRequired: Bump;
  readonly changelog: ChangelogFact;
  readonly findings: readonly FindingFact[];
};

/** A version of a skill as far as a later one must know it. */
export type KnownVersion = {
  readonly id: string;
  readonly version: string;
  readonly state: VersionState;
  readonly tagName: string;
  readonly tagOid: string;
  readonly commitOid: string;
};

export type KnownSkill = {
  readonly id: string;
  readonly sourceId: string;
  readonly source: string;
  readonly versions: readonly KnownVersion[];
};

/** A version on its way from candidate to published, with all that release writes down. */
export type ReleaseFacts = {
  readonly id: string;
  readonly state: VersionState;
  readonly skillId: string;
  readonly team: string;
  readonly skill: string;
  readonly source: Source;
  readonly version: string;
  readonly tagId: string;
  readonly tagName: string;
  readonly tagOid: string;
  /** Its tag was there before the source was registered. */
  readonly isImported: boolean;
  readonly commitOid: string;
  readonly treeOid: string;
  readonly digest: string;
  readonly tarSha256: string;
  readonly signer: VersionSigner;
  readonly firstSeenAt: Date;
  readonly decidedAt: Date | null;
  readonly archives: readonly ArchiveFact[];
};

/** Whether a scan had a list of known bad packages to go by. */
export type AdvisoriesState = "fresh" | "stale" | "missing";

/** A check as it is recorded; without an outcome it still has to be run. */
export type RecordedCheck = {
  readonly name: CheckName;
  readonly engineVersion: string;
  readonly outcome: Outcome | null;
  readonly summary: string;
  readonly score: number | null;
  readonly finishedAt: Date | null;
  /** Those of validation come from git again; the others are nowhere but here and in the registry log. */
  readonly findings: readonly FindingFact[];
  /** Of a scan. */
  readonly advisories?: AdvisoriesState | null;
};
