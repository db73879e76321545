import type { EvalPort } from "./eval-port.ts";
import type { LawFacts, LawLine } from "./law-port.ts";
import type { Overview } from "./overview-port.ts";
import type { PullPage } from "./pull-port.ts";
import type { Capability, RefusedFinding, Scan, ScanRule } from "./scan-port.ts";
import type { FindingSearch, FoundFinding, SecuritySummary } from "./security-port.ts";

/**
 * What the pages ask of the core. `bin` builds one `AssayPort` per request, bound to the viewer of
 * that request, and passes it in `Astro.locals.assay`; the site imports types only.
 *
 * Rules of the port:
 * - What the viewer may not see answers exactly as what does not exist: `null`, or absent from a list.
 * - Times are ISO 8601 in UTC, sizes are bytes, addresses are paths of this registry ("/git/…").
 * - Strings come as they are stored; the pages escape them. Only `html` is markup, sanitised by the core.
 * - Where contracts.md has JSON for a thing, the fields here are the same.
 */
export interface AssayPort extends EvalPort {
  /** Counts and the newest of everything, for the front page. */
  overview(): Promise<Overview>;
  /** The catalogue. `page` starts at 1; a page past the end has no items and the true total. */
  searchSkills(query: SkillQuery): Promise<SkillSearch>;
  /** A skill with all its versions, newest first. */
  skillPage(team: string, name: string): Promise<SkillPage | null>;
  versionPage(team: string, name: string, version: string): Promise<VersionPage | null>;
  /** One file of a version; null also when the version's content is withheld from the viewer. */
  fileView(team: string, name: string, version: string, path: string): Promise<FileView | null>;
  sourceList(query: { readonly page: number; readonly size: number }): Promise<Paged<SourceFacts>>;
  sourcePage(slug: string, query: TagQuery): Promise<SourcePage | null>;
  /** Every sighting of one tag name in a source, newest first; null when the name was never seen. */
  tagPage(source: string, tagName: string): Promise<TagPage | null>;
  /** What a release of each skill that a pull request touches would come to. */
  pullPage(source: string, number: number): Promise<PullPage | null>;
  teamPage(slug: string): Promise<TeamPage | null>;
  security(): Promise<SecuritySummary>;
  /** Findings of the latest versions and of all that are held, the gravest first. */
  findings(search: FindingSearch): Promise<Paged<FoundFinding>>;
  law(): Promise<LawFacts>;
  /** Every law there was, newest first. */
  lawHistory(query: { readonly page: number; readonly size: number }): Promise<Paged<LawLine>>;
  /** Every rule of the scanner, in the order of reports. */
  scanRules(): readonly ScanRule[];
  /** Every code that a tag not published may have, in the order of contracts.md. */
  codes(): readonly CodePage[];
}

/** Who looks. The pages use it for the header only; what may be seen is decided behind the port. */
export type Viewer =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly name: string; readonly isAdmin: boolean };

/** Facts of this installation that every page may print. */
export interface RegistryFacts {
  /** Without a trailing slash; the base of every command that a page prints. */
  readonly publicUrl: string;
  readonly isDemo: boolean;
}

/** ISO 8601, UTC. */
export type Timestamp = string;
export type Outcome = "pass" | "review" | "warn" | "block" | "incomplete" | "errored" | "skipped";
export type CheckName = "signature" | "validation" | "scan" | "evals";
/** Null: the check has not run (not yet, or this registry has no engine for it). */
export type Checks = Readonly<Record<CheckName, Outcome | null>>;
export type VersionState = "published" | "held" | "quarantined" | "yanked";
export type TagState = "pending" | "published" | "held" | "refused" | "ignored";
export type Drift = "moved" | "vanished" | "unreachable";
export type Visibility = "public" | "private";

export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

export type SkillSort = "relevance" | "downloads" | "updated" | "name";

export interface SkillQuery {
  /** Empty: everything. */
  readonly q: string;
  readonly team?: string;
  readonly page: number;
  readonly size: number;
  /** `relevance` with an empty `q` means `updated`. */
  readonly sort: SkillSort;
}

export interface SkillSearch extends Paged<SkillItem> {
  /** A near name, only when nothing was found. */
  readonly didYouMean?: string;
}

export interface SkillItem {
  readonly team: string;
  readonly name: string;
  readonly description: string;
  /** The highest stable version not yanked; null while nothing is published. */
  readonly latest: string | null;
  /** Outcomes and digest are those of `latest`. */
  readonly checks: Checks;
  readonly digest: string | null;
  readonly score: number | null;
  readonly downloads: number;
  readonly updatedAt: Timestamp;
}

export interface VersionLine {
  readonly version: string;
  readonly state: VersionState;
  readonly publishedAt: Timestamp | null;
  readonly digest: string;
  readonly checks: Checks;
  readonly isPrerelease: boolean;
}

export interface SkillFacts {
  readonly visibility: Visibility;
  /** The team that owns the coordinate. */
  readonly owner: string;
  /** Slug of the source that publishes it. */
  readonly source: string;
  readonly license: string | null;
  readonly compatibility: string | null;
  readonly deprecated?: string;
}

export interface SkillPage extends SkillItem, SkillFacts {
  readonly versions: readonly VersionLine[];
}

export interface CheckResult {
  readonly name: CheckName;
  readonly outcome: Outcome | null;
  /** One sentence; empty while the check has not run. */
  readonly summary: string;
  readonly engineVersion: string | null;
  readonly finishedAt: Timestamp | null;
}

export interface Finding {
  readonly check: CheckName;
  readonly rule: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fix: string | null;
}

export type Bump = "major" | "minor" | "patch" | "prerelease" | "first" | "none";

export interface ChangelogEntry {
  readonly type: string;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  readonly commit: string;
  readonly author: string;
}

export interface Changelog {
  /** The version it is counted from; null for the first. */
  readonly from: string | null;
  readonly entries: readonly ChangelogEntry[];
}

export interface FileFact {
  readonly path: string;
  /** As git writes it: "100644", "100755". */
  readonly mode: string;
  readonly size: number;
  readonly sha256: string;
}

export interface ArchiveFact {
  readonly format: "tar.gz" | "zip";
  readonly size: number;
  readonly sha256: string;
  readonly href: string;
}

export interface Heading {
  readonly depth: number;
  /** The id that the heading has in `html`. */
  readonly id: string;
  readonly text: string;
}

/** The body of SKILL.md, without its frontmatter. */
export type SkillText =
  | { readonly kind: "shown"; readonly html: string; readonly headings: readonly Heading[] }
  /** A held or quarantined version: `because` says it in one sentence. */
  | { readonly kind: "withheld"; readonly because: string };

/** Which doors serve this version. A door that is null is not printed. */
export interface InstallFacts {
  /** "/s/team/name@1.4.0", for `npx skills add`. */
  readonly scope: string | null;
  /** "/git/s/team/name.git", the store of published versions. */
  readonly git: string | null;
  /** The tag in that store. */
  readonly gitTag: string;
}

export interface Decision {
  readonly kind: "wait" | "hold" | "refuse" | "publish";
  readonly reasons: readonly string[];
  readonly decidedAt: Timestamp | null;
  /** The command that lets a held version through; null for every other. */
  readonly remedy: string | null;
}

export interface VersionPage {
  readonly team: string;
  readonly name: string;
  readonly description: string;
  readonly skill: SkillFacts & {
    readonly latest: string | null;
    readonly score: number | null;
    readonly downloads: number;
  };
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly state: VersionState;
  readonly tag: string;
  readonly tagOid: string;
  readonly commit: string;
  readonly tree: string;
  readonly digest: string;
  /** `key` is the fingerprint, "SHA256:…". */
  readonly signer: { readonly principal: string; readonly key: string };
  readonly firstSeenAt: Timestamp;
  readonly publishedAt: Timestamp | null;
  readonly bump: { readonly declared: Bump; readonly required: Bump };
  readonly changelog: Changelog;
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
  /** Null while it was not scanned. */
  readonly scan: Scan | null;
  /** What it is able to do that `previous` was not; null unless both were scanned. */
  readonly newAbilities: readonly Capability[] | null;
  readonly decision: Decision | null;
  /** Empty when the text is withheld. */
  readonly files: readonly FileFact[];
  /** Empty when nothing may be downloaded. */
  readonly archives: readonly ArchiveFact[];
  readonly text: SkillText;
  readonly install: InstallFacts;
  /** What the author allows itself in frontmatter; empty when it says nothing. */
  readonly allowedTools: readonly string[];
  /** The published version before this one. */
  readonly previous: string | null;
  /** The newest versions, at most ten, this one not necessarily among them. */
  readonly recent: readonly VersionLine[];
  readonly versionCount: number;
}

interface FileBase extends FileFact {
  readonly team: string;
  readonly name: string;
  readonly version: string;
}

export type FileView =
  | (FileBase & { readonly kind: "text"; readonly text: string })
  | (FileBase & { readonly kind: "binary" })
  | (FileBase & { readonly kind: "too-large"; readonly limit: number });

export interface SourceFacts {
  readonly slug: string;
  readonly team: string;
  readonly kind: "hosted" | "followed";
  readonly visibility: Visibility;
  /** Where a followed source lives; null for a hosted one. */
  readonly url: string | null;
  /** "/git/acme.git", the push address of a hosted source; null for a followed one. */
  readonly git: string | null;
  readonly branch: string;
  readonly isDemo: boolean;
  /** Only one person may sign for it. */
  readonly isSingleAuthor: boolean;
  readonly firstSyncedAt: Timestamp | null;
  readonly lastSyncedAt: Timestamp | null;
  /** One sentence for the reader, without credentials or paths of the machine. */
  readonly lastError: string | null;
  /** Nothing new is admitted until an admin says so. The reason begins in lower case and has no full stop. */
  readonly frozen: { readonly since: Timestamp; readonly reason: string } | null;
  readonly counts: Readonly<Record<TagState, number>>;
}

export interface TagQuery {
  readonly page: number;
  readonly size: number;
  readonly state?: TagState;
}

export interface SourcePage extends SourceFacts {
  /** Newest sighting first. */
  readonly tags: Paged<TagLine>;
  /** Numbers of its open pull requests, the newest first. */
  readonly pulls: readonly number[];
}

export interface VersionRef {
  readonly team: string;
  readonly name: string;
  readonly version: string;
}

export interface TagLine {
  readonly tag: string;
  readonly oid: string;
  readonly state: TagState;
  readonly drift: Drift | null;
  readonly code?: string;
  readonly reason?: string;
  readonly firstSeenAt: Timestamp;
  readonly decidedAt: Timestamp | null;
  /** The version that this tag became, when the viewer may see it. */
  readonly became: VersionRef | null;
}

export interface Clause {
  readonly name: string;
  readonly held: boolean;
  readonly evidence: string;
}

export interface TagSighting extends TagLine {
  /** A sentence, or commands one a line; `splitRemedy` tells them apart. */
  readonly remedy?: string;
  /** In the order judged; the first that did not hold decided. */
  readonly clauses: readonly Clause[];
  readonly isImported: boolean;
  /** Of a version that was refused; empty for every other. */
  readonly findings: readonly RefusedFinding[];
  /** False for a push that was refused at the door: git kept nothing of it. */
  readonly isInGit: boolean;
}

export interface TagPage {
  readonly source: SourceFacts;
  readonly tag: string;
  readonly sightings: readonly TagSighting[];
}

export interface TeamPage {
  readonly slug: string;
  readonly displayName: string;
  readonly skills: readonly SkillItem[];
  readonly skillTotal: number;
  readonly sources: readonly SourceFacts[];
  /** Who may sign for the team, from the control repo. */
  readonly signers: readonly {
    readonly principal: string;
    readonly keys: readonly string[];
    readonly validBefore: Timestamp | null;
  }[];
}

export interface CodePage {
  /** As contracts.md writes it: "UNKNOWN_SIGNER". */
  readonly code: string;
  /** A short heading. */
  readonly title: string;
  /** What was seen, in a sentence or two. */
  readonly what: string;
  /** Why Assay insists. */
  readonly why: string;
  /** Commands one a line, prose in lines of their own. */
  readonly remedy: string;
}
