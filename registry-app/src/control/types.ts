import type { AllowedSigners, OpenPgpKeys } from "../keys/index.ts";

/** The control repo's files by path from the root. */
export type ControlFiles = ReadonlyMap<string, Buffer>;

export type RegistryLaw = { readonly name: string };

export type SourceLaw = {
  readonly slug: string;
  readonly team: string;
  readonly kind: "hosted" | "followed";
  /** Null when hosted. */
  readonly url: string | null;
  readonly visibility: "public" | "private";
  readonly branch: string;
  readonly isDemo: boolean;
  /** Whether its host shows each published version as a release. */
  readonly hasHostReleases: boolean;
  /** Principals who may sign for this source beside the team's own. */
  readonly signers: readonly string[];
  /** What is stricter here than in policy.yaml; never looser. */
  readonly policy: SourcePolicy | null;
};

export type TeamLaw = {
  readonly slug: string;
  readonly name: string;
  readonly signers: readonly string[];
  readonly github: GithubTeamLaw | null;
};

/** The team on GitHub whose people are this team's too. */
export type GithubTeamLaw = {
  readonly org: string;
  readonly team: string;
};

export type CheckName = "signature" | "validation" | "scan" | "evals";
export type PolicyOutcome = "review" | "warn" | "block" | "incomplete" | "errored" | "skipped";
export type CheckLaw = {
  readonly need: "required" | "optional";
  readonly refuse: readonly PolicyOutcome[];
  readonly hold: readonly PolicyOutcome[];
};
export type ScanLaw = CheckLaw & {
  /** A score below this waits for a person; 0 asks for none. */
  readonly minScore: number;
  /** `required`: a scan without a fresh list of known bad packages counts as incomplete. */
  readonly advisories: "required" | "optional";
};
export type ChecksLaw = Readonly<Record<Exclude<CheckName, "scan">, CheckLaw>> & {
  readonly scan: ScanLaw;
};
export type PolicyLaw = {
  readonly checks: ChecksLaw;
  /** What happens when the declared bump is smaller than the required one. */
  readonly bump: "warn" | "require";
  /** What happens to a version of a source for which only one person may sign. */
  readonly singleAuthor: "allow" | "hold";
  /** `require`: a version waits until the code owners of its folder have approved it on the host of its source. */
  readonly codeOwners: "ignore" | "require";
  /** For how many days in all a signer's SSH certificate may be valid. */
  readonly certificates: { readonly maxDays: number };
  /** New rules that would warn about or block more than this share of what is published wait for a person; in percent. */
  readonly scan: { readonly maxFlips: number };
  readonly evals: EvalsLaw;
};

/** What the evals of one team may use of the machine. */
export type EvalsLaw = {
  /** Runs at the same time. */
  readonly slots: number;
  /** Minutes of runs within 24 hours; what is beyond waits. */
  readonly minutesPerDay: number;
  /** What one case may ask for at most. */
  readonly maxSeconds: number;
  readonly maxMemoryMiB: number;
  readonly maxCpus: number;
};

/** What a source asks for beyond the registry's policy; what is left out is as the registry has it. */
export type SourcePolicy = {
  readonly checks: Readonly<Partial<Record<Exclude<CheckName, "scan">, Partial<CheckLaw>>>> & {
    readonly scan?: Partial<ScanLaw>;
  };
  readonly bump?: PolicyLaw["bump"];
  readonly singleAuthor?: PolicyLaw["singleAuthor"];
  readonly codeOwners?: PolicyLaw["codeOwners"];
  readonly certificates?: PolicyLaw["certificates"];
};

/** What a line of trust/revoked.yaml takes trust from. Fingerprints are as `ssh-keygen -l` or `gpg --fingerprint` have them, without spaces. */
export type RevocationSubject =
  | { readonly kind: "key"; readonly fingerprint: string }
  | { readonly kind: "principal"; readonly principal: string }
  /** A certificate, by its authority's fingerprint and its serial in decimal. */
  | { readonly kind: "serial"; readonly authority: string; readonly serial: string }
  | { readonly kind: "key-id"; readonly authority: string; readonly keyId: string };

/** Tags first seen from `since` on are refused; without it, every tag that is judged. */
export type Revocation =
  | { readonly kind: "superseded"; readonly reason: string; readonly since: Date | null }
  /** What was first seen from `since` on is in doubt too, published or not. */
  | { readonly kind: "compromised"; readonly reason: string; readonly since: Date };

/** By `revocationKey` of the subject. */
export type Revocations = ReadonlyMap<string, readonly Revocation[]>;

/** `skill` is the coordinate `team/name`. */
export type YankLaw = {
  readonly skill: string;
  readonly version: string;
  readonly reason: string;
};
export type ApprovalLaw = {
  readonly skill: string;
  readonly version: string;
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
};
/** Somebody's word for the history that a source came with, bound to the tags that were in it. */
export type ImportLaw = {
  readonly source: string;
  /** `sha256:` and hex over the lines `NAME OID` of the signed imported tags, sorted by bytes. */
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
};
/** Somebody's word, asked for by somebody else, that one rule does not count for these bytes until then. */
export type WaiverLaw = {
  readonly skill: string;
  readonly version: string;
  readonly digest: string;
  readonly rule: string;
  readonly requestedBy: string;
  readonly by: string;
  readonly reason: string;
  readonly until: Date;
};

/** What only ever takes rights away: it applies even when another file of the same commit is broken. */
export type Tightening = {
  readonly revoked: Revocations;
  readonly yanks: readonly YankLaw[];
};

export type ControlSnapshot = Tightening & {
  /** SHA-256 in hex over the paths and bytes of every file. */
  readonly digest: string;
  /** SHA-256 in hex over what decides who may sign for what: trust/, teams/ and sources/. */
  readonly trustDigest: string;
  /** SHA-256 in hex over policy.yaml. */
  readonly policyDigest: string;
  readonly registry: RegistryLaw;
  readonly sources: ReadonlyMap<string, SourceLaw>;
  readonly teams: ReadonlyMap<string, TeamLaw>;
  readonly allowedSigners: AllowedSigners;
  readonly openPgpKeys: OpenPgpKeys;
  readonly policy: PolicyLaw;
  readonly approvals: readonly ApprovalLaw[];
  readonly imports: readonly ImportLaw[];
  readonly waivers: readonly WaiverLaw[];
};

export type ControlProblem = {
  readonly file: string;
  /** From 1; 1 when the whole file is meant. */
  readonly line: number;
  readonly message: string;
};

export type ParsedControl =
  | { readonly kind: "ok"; readonly snapshot: ControlSnapshot }
  | {
      readonly kind: "broken";
      readonly problems: readonly ControlProblem[];
      readonly tightening: Tightening;
    };

/** The law, and the commit that says it. */
export type LawInForce = ControlSnapshot & { readonly commit: string };

/** Who may change the law: pinned in ASSAY_HOME/root.json, and from there on by each `trust/root.json` that was signed for. */
export type RootOfTrust = {
  /** Goes up by one with each rotation; 1 for the first pin. */
  readonly version: number;
  readonly principals: readonly { readonly name: string; readonly publicKey: string }[];
  /** How many different roots must have signed a tree before it is law. */
  readonly threshold: number;
  /** The first commit that is trusted; absent: the history's own first commit, which must then be signed. */
  readonly genesis?: string;
};

/** A law with the roots under which it was made. */
export type LawUnderRoot = { readonly law: ControlSnapshot; readonly root: RootOfTrust };

/** A tree that roots have signed, and not enough of them. */
export type PendingLaw = {
  readonly commit: string;
  /** Names of the roots that did. */
  readonly signedBy: readonly string[];
  /** How many more must, and of whom, as a sentence says it. */
  readonly waitsFor: string;
  /** The roots whose signature would count. */
  readonly canSign: readonly { readonly name: string; readonly fingerprint: string }[];
  /** The root in force once they have. */
  readonly root: RootOfTrust;
};

export type CurrentControl = {
  readonly snapshot: ControlSnapshot;
  /** The commit whose tree is the snapshot. */
  readonly commit: string;
  /** The root in force. */
  readonly root: RootOfTrust;
  /** Why the newest commit is not the law, for the alarm; absent when it is. */
  readonly alarm?: string;
  readonly pending?: PendingLaw;
  /** True when the repo has lost a commit that was law: nothing is added to such a history. */
  readonly isPutBack: boolean;
};

export type ControlRepo = {
  /** The law as it stands now; costs one ref lookup when nothing changed. Throws `Stalled` when there never was a lawful commit. */
  current(): Promise<CurrentControl>;
};

/** What the registry has seen of its law, kept outside the control repo. */
export type RememberedLaw = {
  /** The last commit that a root signed, law or not. */
  readonly head: string;
  /** The commit that was law. */
  readonly commit: string;
  readonly files: ControlFiles;
  /** What was revoked and yanked by a newer commit that was broken otherwise. */
  readonly tightening?: { readonly commit: string; readonly files: ControlFiles };
};

export type LawMemory = {
  /** The law as it was kept last; undefined when none was. */
  recall(): Promise<RememberedLaw | undefined>;
  /** The newest law by the registry log, which outlives the database. */
  findLogged(): Promise<string | undefined>;
  /** Keeps what follows on the head that was kept before; false when another process has kept one since. */
  keep(law: RememberedLaw, after: string | undefined): Promise<boolean>;
};

export type ControlPushVerdict =
  | { readonly kind: "accept"; readonly message?: string }
  | { readonly kind: "refuse"; readonly message: string };
