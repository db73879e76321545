import type { ControlSnapshot } from "../control/index.ts";
import type { ObjectCache, ObjectReaders } from "../git/index.ts";
import type { SshVerifier } from "../keys/index.ts";
import type { Source, SourceRepo } from "../sources/index.ts";

export type JudgeDeps = {
  readonly readers: ObjectReaders;
  readonly cache: ObjectCache;
  readonly verifier: SshVerifier;
};

/** Where and by which law a tag is judged. */
export type Bench = {
  readonly source: Source;
  readonly repo: SourceRepo;
  readonly law: ControlSnapshot;
  /** Is the commit reachable from the protected branch (as proposed in the same push, if it is one)? */
  readonly isOnBranch: (commitOid: string) => boolean | Promise<boolean>;
};
