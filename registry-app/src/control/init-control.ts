import type { Author, ObjectReaders, SignPayload } from "../git/index.ts";
import type { Clock } from "../runtime/index.ts";

/** The registry's own root key, which signs what the CLI and the pages change in the control repo. */
export type OperatorKey = {
  readonly author: Author;
  readonly fingerprint: string;
  readonly sign: SignPayload;
};

export type InitControl = {
  readonly repoDir: string;
  /** ASSAY_HOME: root.json and keys/control_ed25519 (0600) are made here. */
  readonly homeDir: string;
  readonly registryName: string;
};

/** Makes the hosted control repo, its root of trust and the operator's key, or finds them made; safe to repeat after a crash. */
export declare function initControl(
  deps: { readonly readers: ObjectReaders; readonly clock: Clock },
  wanted: InitControl,
): Promise<OperatorKey>;
export declare function readOperatorKey(homeDir: string): Promise<OperatorKey>;
