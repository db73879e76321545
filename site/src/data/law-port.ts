import type { Timestamp, Visibility } from "./port.ts";

/** A change of law in words. */
export interface LawTold {
  readonly area: string;
  readonly effect: "added" | "removed" | "changed" | "tightened" | "loosened";
  readonly says: string;
}

/** The law in force as the viewer may see it. */
export interface LawFacts {
  /** The commit of the control repo. */
  readonly commit: string;
  readonly registry: string;
  /** Of the newest commit of the control repo. */
  readonly state: "in force" | "pending" | "refused";
  readonly alarm: string | null;
  readonly pending: {
    readonly commit: string;
    readonly signedBy: readonly string[];
    readonly waitsFor: string;
    readonly canSign: readonly string[];
    readonly changes: readonly LawTold[];
  } | null;
  readonly roots: {
    readonly version: number;
    readonly threshold: number;
    readonly principals: readonly { readonly name: string; readonly fingerprint: string }[];
  };
  /** In sentences. */
  readonly policy: readonly string[];
  readonly teams: readonly {
    readonly slug: string;
    readonly name: string;
    readonly signers: readonly string[];
  }[];
  readonly sources: readonly {
    readonly slug: string;
    readonly team: string;
    readonly kind: "hosted" | "followed";
    readonly visibility: Visibility;
    readonly branch: string;
    readonly signers: readonly string[];
  }[];
  readonly signers: readonly {
    readonly principals: readonly string[];
    readonly fingerprint: string;
    readonly type: string;
    readonly isAuthority: boolean;
    readonly validAfter: Timestamp | null;
    readonly validBefore: Timestamp | null;
  }[];
  readonly revoked: readonly {
    readonly subject: string;
    readonly kind: "superseded" | "compromised";
    readonly since: Timestamp | null;
    readonly reason: string;
  }[];
  readonly yanks: readonly {
    readonly skill: string;
    readonly version: string;
    readonly reason: string;
  }[];
}

/** One commit that became law. */
export interface LawLine {
  readonly commit: string;
  readonly at: Timestamp;
  readonly signedBy: readonly string[];
  readonly changes: readonly LawTold[];
  /** What it did to what was judged before; null until that was held against it. */
  readonly applied: {
    readonly at: Timestamp;
    readonly reopenedTags: number | null;
    readonly changedVersions: number;
    readonly versions: readonly {
      readonly coordinate: string;
      readonly standing: "published" | "yanked" | "quarantined";
      readonly reason: string;
    }[];
  } | null;
}
