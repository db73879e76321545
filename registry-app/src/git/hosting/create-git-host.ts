import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Log } from "../../runtime/index.ts";
import type { GitRequest, HostLimits } from "./types.ts";

export type GitHost = {
  /**
   * Answers one request and settles when its git child is gone and `end` was told; never rejects.
   * The response is complete earlier. Sends `100 Continue` itself when `awaitsContinue` is set.
   */
  serve(
    req: IncomingMessage,
    res: ServerResponse,
    request: GitRequest,
    options?: { readonly awaitsContinue?: boolean },
  ): Promise<void>;
  /** Takes no more requests, lets the running ones finish for `graceMs`, then ends their children. */
  stop(graceMs: number): Promise<void>;
};

export type GitHostParts = {
  readonly log: Log;
  readonly clock: Clock;
  /** What `installHooks` was given. */
  readonly hooksDir: string;
  readonly limits?: Partial<HostLimits>;
  /** PATH of the children; git and sh are found there. */
  readonly searchPath?: string;
};

/** Serves bare repositories over smart HTTP by running git itself; routing, sign-in and lookup are the caller's. */
export function createGitHost(parts: GitHostParts): GitHost {
  throw new Error(`not there yet: ${parts.hooksDir}`);
}
