/** Git on disk: reading objects fast, strict parsing of tags and commits, mirrors, writing, the published stores. */
export type * from "./records.ts";
export { commitFiles } from "./commit-files.ts";
export { initBare, type GitConfig } from "./init-bare.ts";
export { createMirror, fetchMirror, maintainRepo, type FetchMirror } from "./mirrors.ts";
export { createObjectCache, type ObjectCache } from "./object-cache.ts";
export { createObjectReaders, type ObjectReaders } from "./object-readers.ts";
export { MAX_COMMIT_BYTES, parseCommit } from "./parse-commit.ts";
export { MAX_TAG_BYTES, parseTagObject } from "./parse-tag.ts";
export { parseTree } from "./parse-tree.ts";
export { pushRefs, type PushRefs, type RefsPushed } from "./push-refs.ts";
export { findFaults, findInStore, publishToStore, removeFromStore } from "./published-store.ts";
export { listTree, readFolder } from "./read-folder.ts";
export {
  findRef,
  isAncestor,
  listMergeBases,
  listRefs,
  listRoots,
  listUnreachable,
  updateRefs,
} from "./refs.ts";
export { checkRemoteUrl, toRemoteUrl } from "./remote-url.ts";
export { knownAs } from "./ssh-login.ts";
export { walkCommits, type CommitRange } from "./walk-commits.ts";
export {
  writeBlob,
  writeCommit,
  writeTag,
  writeTree,
  type NewCommit,
  type NewTag,
  type TreeItem,
} from "./write-objects.ts";

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
