import type { ObjectReaders, ReadOptions } from "../git/index.ts";
import type { ControlPushVerdict } from "./types.ts";

export type ControlPush = {
  readonly repoDir: string;
  readonly homeDir: string;
  readonly ref: string;
  /** Null when the ref is new. */
  readonly oldOid: string | null;
  /** Null when the ref is deleted. */
  readonly newOid: string | null;
  readonly options?: ReadOptions;
};

export declare function judgeControlPush(
  deps: { readonly readers: ObjectReaders },
  push: ControlPush,
): Promise<ControlPushVerdict>;
