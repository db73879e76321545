/** Environment of a push under judgement: its objects are not in the repo yet (git's own variable names). */
export type QuarantineEnv = {
  readonly GIT_OBJECT_DIRECTORY: string;
  readonly GIT_ALTERNATE_OBJECT_DIRECTORIES: string;
  readonly GIT_QUARANTINE_PATH?: string;
};

/** What every read may say about where to look; `quarantine` is absent but for pushes under judgement. */
export type ReadOptions = { readonly quarantine?: QuarantineEnv | undefined };

export type ObjectType = "blob" | "tree" | "commit" | "tag";

export type ObjectInfo =
  | {
      readonly kind: "object";
      readonly oid: string;
      readonly type: ObjectType;
      readonly sizeBytes: number;
    }
  | { readonly kind: "missing" };

export type ObjectRead =
  | {
      readonly kind: "object";
      readonly oid: string;
      readonly type: ObjectType;
      readonly sizeBytes: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: "missing" }
  | {
      readonly kind: "too-large";
      readonly oid: string;
      readonly type: ObjectType;
      readonly sizeBytes: number;
    };

/** `odd` is a mode that git does not write itself, `empty-folder` a tree without entries. */
export type EntryKind =
  "file" | "executable" | "symlink" | "folder" | "empty-folder" | "submodule" | "odd";

/** One entry of one tree object. `name` is lossy when `isUtf8` is false; `nameBytes` never is. */
export type TreeEntry = {
  readonly mode: string;
  readonly kind: EntryKind;
  readonly oid: string;
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly isUtf8: boolean;
};

export type ParsedTree =
  | { readonly kind: "ok"; readonly entries: readonly TreeEntry[] }
  | { readonly kind: "malformed"; readonly because: string };

export type TreeCaps = {
  readonly maxEntries: number;
  readonly maxDepth: number;
  readonly maxTreeBytes: number;
};

export type FolderCaps = TreeCaps & {
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
};

/** A leaf below a folder. `path` is relative to the folder, `/`-separated, lossy when `isUtf8` is false. */
export type ListedEntry = {
  readonly path: string;
  readonly isUtf8: boolean;
  readonly mode: string;
  readonly kind: Exclude<EntryKind, "folder">;
  readonly oid: string;
};

export type TooLarge = {
  readonly kind: "too-large";
  readonly because: "entries" | "depth" | "tree" | "file" | "total";
  readonly limit: number;
  readonly path: string;
};

export type ListedTree =
  | { readonly kind: "listed"; readonly entries: readonly ListedEntry[] }
  | { readonly kind: "missing"; readonly oid: string }
  | { readonly kind: "malformed"; readonly oid: string; readonly because: string }
  | TooLarge;

/** A listed entry with its blob; a submodule and an empty folder have no bytes. Never write into `bytes`: they may be shared. */
export type FolderFile = ListedEntry & { readonly bytes: Buffer };

export type ReadFolder =
  | { readonly kind: "folder"; readonly treeOid: string; readonly files: readonly FolderFile[] }
  | { readonly kind: "missing"; readonly oid?: string }
  | { readonly kind: "not-a-folder" }
  | { readonly kind: "malformed"; readonly oid: string; readonly because: string }
  | TooLarge;

/** Who and when, as git objects carry it: seconds since 1970 and the writer's zone such as `+0200`. */
export type Identity = {
  readonly name: string;
  readonly email: string;
  readonly timeSeconds: number;
  readonly zone: string;
};

export type TagObject = {
  readonly objectOid: string;
  readonly objectType: ObjectType;
  readonly name: string;
  readonly tagger: Identity;
  /** The text between the headers and the signature block; lossy where it is not UTF-8. */
  readonly message: string;
};

export type SignatureBlock = {
  readonly format: "ssh" | "openpgp" | "x509";
  /** From the BEGIN line to the end of the END line, each byte one character. */
  readonly armor: string;
};

export type UnreadableBecause =
  | "too-large"
  | "nul-byte"
  | "missing-header"
  | "duplicate-header"
  | "malformed-header"
  | "unknown-header"
  | "gpgsig-header"
  | "unterminated-signature"
  | "two-blocks"
  | "trailing-bytes";

export type ParsedTag =
  | {
      readonly kind: "ok";
      readonly tag: TagObject;
      /** The signed bytes: everything before the signature block. */
      readonly payload: Buffer;
      readonly signature: SignatureBlock;
    }
  | { readonly kind: "unsigned"; readonly tag: TagObject }
  | { readonly kind: "unreadable"; readonly because: UnreadableBecause };

export type CommitObject = {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
};

export type ParsedCommit =
  | {
      readonly kind: "ok";
      readonly commit: CommitObject;
      readonly signed?: { readonly payload: Buffer; readonly signature: SignatureBlock };
    }
  | { readonly kind: "unreadable"; readonly because: UnreadableBecause };

/** A ref as it stands. `peeledOid`, of `peeledType`, is what an annotated tag points at, one level down. */
export type Ref = {
  readonly name: string;
  readonly oid: string;
  readonly type: ObjectType;
  readonly peeledOid?: string;
  readonly peeledType?: ObjectType;
};

/** One commit of a walk. Paths are relative to the root; for a merge they are what changed since the first parent. */
export type CommitRecord = {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly authorTimeSeconds: number;
  readonly committerTimeSeconds: number;
  readonly message: string;
  readonly paths: readonly string[];
  /** True when the message or the paths were longer than the caps. */
  readonly isCut: boolean;
};

export type RemoteUrl =
  | {
      readonly kind: "ok";
      readonly url: string;
      readonly protocol: "https" | "http" | "ssh" | "file";
      readonly host: string;
      readonly port: number;
      /** True when the host is named in the list, so that it may be at a private address. */
      readonly isNamed: boolean;
    }
  | {
      readonly kind: "refused";
      readonly because:
        | "malformed"
        | "protocol"
        | "credentials"
        | "option"
        | "host-not-allowed"
        | "private-address";
      readonly message: string;
    };

export type FetchOutcome =
  /** `refs`: all that came from the remote, as they stand now. */
  | { readonly kind: "fetched"; readonly sizeBytes: number; readonly refs: readonly Ref[] }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "slow"; readonly detail: string }
  | { readonly kind: "not-allowed"; readonly detail: string }
  | { readonly kind: "bad-objects"; readonly detail: string }
  | { readonly kind: "too-large"; readonly limitBytes: number }
  | Extract<RemoteUrl, { kind: "refused" }>;

/** A name and address for commits and tags that Assay writes. */
export type Author = { readonly name: string; readonly email: string };

/** Turns the exact bytes of a commit or tag into an armoured signature, such as SSHSIG in namespace `git`. */
export type SignPayload = (payload: Buffer) => string | Promise<string>;

/** `expectedOid`: an oid, `null` for "must not exist", left out for "whatever it is". */
export type RefUpdate = {
  readonly ref: string;
  readonly newOid: string | null;
  readonly expectedOid?: string | null;
};

export type RefUpdated =
  | { readonly kind: "updated" }
  | { readonly kind: "moved"; readonly ref: string; readonly actualOid: string | null };

export type CommitFiles = {
  readonly branch: string;
  /** Path from the root to the new bytes; `null` removes. */
  readonly changes: ReadonlyMap<string, Buffer | string | null>;
  /** Paths among the changes that get the executable bit; a file that has it keeps it. */
  readonly executables?: ReadonlySet<string>;
  readonly author: Author;
  readonly message: string;
  readonly time: Date;
  readonly sign?: SignPayload;
  /** The head the changes were made against; `null` for an unborn branch, left out for the present head. */
  readonly expectedHead?: string | null;
  /** Further parents, whose changes are in this commit. */
  readonly mergedParents?: readonly string[];
};

export type CommittedFiles =
  | { readonly kind: "committed"; readonly commit: string; readonly tree: string }
  | { readonly kind: "unchanged"; readonly commit: string }
  | { readonly kind: "moved"; readonly actualHead: string | null };

export type StoreFile = { readonly path: string; readonly mode: string; readonly bytes: Buffer };

export type PublishToStore = {
  readonly dir: string;
  /** Without `refs/tags/`. */
  readonly tagName: string;
  readonly files: readonly StoreFile[];
  readonly message: string;
  readonly time: Date;
  readonly authorIdentity: Author;
  readonly isLatest: boolean;
  /** The source folder's tree: the store must come to the same oid. */
  readonly expectedTree: string;
};

export type PublishedToStore =
  | { readonly kind: "stored"; readonly commit: string; readonly tree: string }
  | { readonly kind: "tree-differs"; readonly tree: string }
  | { readonly kind: "tag-taken"; readonly existingCommit: string };
