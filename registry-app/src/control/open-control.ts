import type { ObjectReaders } from "../git/index.ts";
import type { Log } from "../runtime/index.ts";
import type { ControlRepo } from "./types.ts";

export type OpenControl = {
  readonly repoDir: string;
  /** ASSAY_HOME, where root.json is. */
  readonly homeDir: string;
};

export declare function openControl(
  deps: { readonly readers: ObjectReaders; readonly log: Log },
  where: OpenControl,
): Promise<ControlRepo>;
