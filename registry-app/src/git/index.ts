/** Git on disk: reading objects fast, strict parsing of tags and commits, mirrors, writing, the published stores. */
import type * as r from "./records.ts";
export type * from "./records.ts";

/** Reads objects through one `git cat-file --batch-command` a repo, kept warm and shared by everyone. */
export type ObjectReaders = {
  /** What a spec (oid, ref, `<commit>:<path>`) names, without its bytes. Throws on a spec with LF, CR or NUL. */
  info(repoDir: string, spec: string, options?: r.ReadOptions): Promise<r.ObjectInfo>;
  /** The bytes of an object, only when it is no larger than `maxBytes`. */
  read(
    repoDir: string,
    spec: string,
    options: r.ReadOptions & { readonly maxBytes: number },
  ): Promise<r.ObjectRead>;
  /** Ends the processes of one repo, so that removed objects are no longer held open. */
  forget(repoDir: string): void;
  /** Ends all processes; requests in flight are rejected. */
  close(): Promise<void>;
};
/** Trees and blobs already read, by repo and oid, at most `maxBytes` of them. */
export type ObjectCache = {
  get(repoDir: string, oid: string): Buffer | undefined;
  set(repoDir: string, oid: string, bytes: Buffer): void;
};

/** A pool of at most `maxProcesses` (32) readers, each ended after `idleMs` (60 s) without a request. */
export declare function createObjectReaders(limits?: {
  maxProcesses?: number;
  idleMs?: number;
}): ObjectReaders;
export declare function createObjectCache(limits: { maxBytes: number }): ObjectCache;
export declare function parseTree(bytes: Buffer, oidBytes?: 20 | 32): r.ParsedTree;
export declare function listTree(
  readers: ObjectReaders,
  repoDir: string,
  treeOid: string,
  caps: r.TreeCaps,
  options?: r.ReadOptions & { cache?: ObjectCache },
): Promise<r.ListedTree>;
export declare function readFolder(
  readers: ObjectReaders,
  repoDir: string,
  commit: string,
  folder: string,
  options: r.ReadOptions & { caps: r.FolderCaps; cache?: ObjectCache },
): Promise<r.ReadFolder>;
export declare function parseTagObject(bytes: Buffer): r.ParsedTag;
export declare function parseCommit(bytes: Buffer): r.ParsedCommit;
export declare function listRefs(repoDir: string, prefix: string): Promise<readonly r.Ref[]>;
export declare function findRef(repoDir: string, ref: string): Promise<string | undefined>;
export declare function isAncestor(
  repoDir: string,
  commit: string,
  tips: readonly string[],
  options?: r.ReadOptions,
): Promise<boolean>;
export declare function listUnreachable(
  repoDir: string,
  commits: readonly string[],
  tips: readonly string[],
  options?: r.ReadOptions,
): Promise<ReadonlySet<string>>;
export declare function walkCommits(
  repoDir: string,
  range: {
    tips: readonly string[];
    known: readonly string[];
    maxMessageBytes?: number;
    maxPaths?: number;
  },
): AsyncIterable<r.CommitRecord>;
export declare function createCommitGraph(
  commits: Iterable<{ oid: string; parents: readonly string[] }>,
): r.CommitGraph;
export declare function commitsBetween(
  graph: r.CommitGraph,
  from: string | undefined,
  to: string,
): readonly string[];
export declare function checkRemoteUrl(url: string, allowedHosts: readonly string[]): r.RemoteUrl;
export declare function createMirror(dir: string): Promise<void>;
export declare function fetchMirror(mirror: {
  dir: string;
  url: string;
  allowedHosts: readonly string[];
  credentialHeader?: string;
  timeoutMs?: number;
  maxBytes?: number;
  proxyUrl?: string;
  caFile?: string;
}): Promise<r.FetchOutcome>;
export declare function maintainRepo(dir: string): Promise<void>;
export declare function initBare(
  dir: string,
  options: { config: Readonly<Record<string, string | readonly string[]>> },
): Promise<void>;
export declare function updateRefs(
  dir: string,
  updates: readonly r.RefUpdate[],
): Promise<r.RefUpdated>;
export declare function writeBlob(dir: string, bytes: Buffer): Promise<string>;
export declare function writeTree(
  dir: string,
  entries: readonly { mode: string; name: string; oid: string }[],
): Promise<string>;
export declare function writeCommit(
  dir: string,
  commit: {
    tree: string;
    parents: readonly string[];
    author: r.Author;
    time: Date;
    message: string;
    sign?: r.SignPayload;
  },
): Promise<string>;
export declare function writeTag(
  dir: string,
  tag: {
    objectOid: string;
    objectType: r.ObjectType;
    name: string;
    tagger: r.Author;
    time: Date;
    message: string;
    sign?: r.SignPayload;
  },
): Promise<string>;
export declare function commitFiles(
  readers: ObjectReaders,
  dir: string,
  wanted: r.CommitFiles,
): Promise<r.CommittedFiles>;
export declare function publishToStore(version: r.PublishToStore): Promise<r.PublishedToStore>;
export declare function removeFromStore(
  readers: ObjectReaders,
  removal: { dir: string; tagName: string; latestCommit: string | null },
): Promise<void>;

// ---- hosting: smart HTTP, receive-pack, pkt-line (./hosting) ----
export { createGitHost, type GitHost, type GitHostParts } from "./hosting/create-git-host.ts";
export { installHooks } from "./hosting/install-hooks.ts";
export { parseGitPath } from "./hosting/parse-git-path.ts";
export type {
  GitRequest,
  GitRoute,
  GitService,
  HostLimits,
  ProposedRef,
  PushBeginning,
  PushedRef,
  PushJudge,
  RefVerdict,
  Wants,
} from "./hosting/types.ts";
