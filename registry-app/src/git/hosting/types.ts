import type { QuarantineEnv } from "../records.ts";

/** The two things a git client may ask a hosted repository for. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** What a path below `/git/` asks for; `repo` ends in `.git` and holds no segment that could leave its folder. */
export type GitRoute = {
  readonly repo: string;
  readonly action: "info-refs" | "upload-pack" | "receive-pack";
  readonly service: GitService;
};

/** One ref of a push as the pusher proposes it; an object id of zeros stands for "absent". */
export type ProposedRef = { readonly ref: string; readonly old: string; readonly new: string };

export type PushedRef = ProposedRef & { readonly accepted: boolean };

export type PushBeginning =
  { readonly kind: "go" } | { readonly kind: "refuse"; readonly message: string };

export type RefVerdict =
  | { readonly kind: "accept"; readonly message?: string }
  | { readonly kind: "refuse"; readonly message: string };

/**
 * Judges one push. `begin` sees all refs while their objects are in quarantine (undefined:
 * the push brought none); `judge` is asked ref by ref, in order,
 * after they left it; `end` is told once what the refs are on disk, also when the pusher has gone. `end` is left out
 * only when `begin` was never asked. A throw or more than `limits.judgeTimeoutMs` refuses that ref.
 */
export type PushJudge = {
  begin(
    refs: readonly ProposedRef[],
    quarantine: QuarantineEnv | undefined,
  ): Promise<PushBeginning>;
  judge(update: ProposedRef): Promise<RefVerdict>;
  end(results: readonly PushedRef[]): Promise<void>;
};

/**
 * Which objects a fetch may name: `any` in the repository (stores that hold published objects only), or only what
 * `branches and tags` reach. The latter speaks protocol v0, since git's v2 never checks what is wanted.
 */
export type Wants = "any" | "branches and tags";

/** One request whose sender was already let in: the repository on disk and what is asked of it. */
export type GitRequest = { readonly repoDir: string } & (
  | { readonly action: "info-refs"; readonly service: GitService; readonly wants: Wants }
  | { readonly action: "upload-pack"; readonly wants: Wants }
  | { readonly action: "receive-pack"; readonly onPush: PushJudge | "judging off" }
);

export type HostLimits = {
  /** Packed bytes of one push. */
  readonly pushMaxBytes: number;
  readonly pushMaxRefs: number;
  /** Bytes read away after git has refused a push, for its sender reads the answer only then. */
  readonly drainMaxBytes: number;
  /** Bytes of one fetch request, inflated. */
  readonly fetchRequestMaxBytes: number;
  readonly judgeTimeoutMs: number;
  /** No byte in either direction for this long ends the request. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly uploadsAtOnce: number;
  readonly receivesAtOnce: number;
  /** Requests that may wait for a free place, and for how long, before they are told to come back. */
  readonly maxWaiting: number;
  readonly waitTimeoutMs: number;
};
