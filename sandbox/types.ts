import type { Observed } from "./behaviour/types.ts";

/** What a run may use; every one of them is enforced outside of the command's reach. */
export type Limits = {
  /** Wall clock of the command: SIGTERM then, SIGKILL shortly after. */
  readonly timeoutMs: number;
  /** All processes and tmpfs pages together. */
  readonly memoryBytes: number;
  /** Cores; a half is fine. */
  readonly cpus: number;
  readonly pids: number;
  /** Written to stdout and stderr together; beyond it the command is ended. */
  readonly outputBytes: number;
  /** Kept of each stream; what is beyond is counted and dropped. */
  readonly keptOutputBytes: number;
  /** Size of /work. */
  readonly diskBytes: number;
  readonly inodes: number;
  readonly fileBytes: number;
  /** Files taken out of /work, and their bytes together. */
  readonly artifacts: number;
  readonly artifactBytes: number;
};

/** A file that is put below /work before the command starts. */
export type InputFile = {
  /** Relative, `/` between names, no `.` or `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
};

export type RunSpec = {
  /** Names the run in labels and logs: `[A-Za-z0-9._-]`, at most 100. */
  readonly id: string;
  /** ustar of what lies at /skill, owned by root and not writable; null for a run without a skill. */
  readonly skill: Uint8Array | null;
  readonly inputs: readonly InputFile[];
  /** Argument vector; runs in /work. */
  readonly command: readonly string[];
  readonly stdin: Uint8Array;
  /** Beside PATH, HOME, LANG and SKILL_DIR. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** Ends the run early; it then is `cancelled`. */
  readonly signal?: AbortSignal;
};

export type Captured = {
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly isTruncated: boolean;
};

/** Something that the command left below /work. Links and devices are named and never followed. */
export type Artifact = {
  /** As it was written: may hold any byte but NUL, so escape it before showing it. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** Of a link. */
  readonly target: string | null;
  readonly mode: number;
  readonly sizeBytes: number;
  /** Null where it is not a file, or was left behind by a limit. */
  readonly content: Uint8Array | null;
};

/** How the main process ended. `oom`: killed, and the kernel counted an out-of-memory kill in the container. */
export type End = "exit" | "signal" | "timeout" | "oom" | "output-limit";

export type RunResult =
  | {
      readonly kind: "ran";
      readonly end: End;
      readonly exitCode: number | null;
      /** `SIGKILL` and the like. */
      readonly signal: string | null;
      readonly stdout: Captured;
      readonly stderr: Captured;
      readonly files: readonly Artifact[];
      /** What was cut, left behind or killed, as sentences. */
      readonly notes: readonly string[];
      /** Of the command alone. */
      readonly durationMs: number;
      readonly cpuMs: number | null;
      readonly peakMemoryBytes: number | null;
      /** Out-of-memory kills in the container, of children too. */
      readonly oomKills: number;
    }
  | { readonly kind: "cancelled" }
  /** Our side's fault, never the command's: worth trying again. */
  | { readonly kind: "errored"; readonly because: string };

/** Where a result comes from; stored beside it and printed. */
export type Isolation = {
  readonly kind: "docker" | "docker+gvisor" | "bubblewrap";
  /** `docker 20.10.24`. */
  readonly engine: string;
  /** Id of the image, `sha256:…`; for bubblewrap a digest of what the host offers. */
  readonly image: string;
  /** SHA-256 in hex of the list of system calls. */
  readonly seccomp: string;
  readonly cgroup: 1 | 2;
  /** Goes up with every change of how runs are made. */
  readonly runner: string;
};

/** A program of ours that runs beside the case's. */
export type Attached = {
  write(bytes: Uint8Array): void;
  /** Once it is gone, for whatever reason. */
  readonly ended: Promise<void>;
};

/** One container for several commands of one agent case. */
export type Session = {
  run(
    spec: Pick<RunSpec, "command" | "stdin" | "env"> & { readonly timeoutMs: number },
  ): Promise<RunResult>;
  /** What lies below /work now. */
  collect(): Promise<readonly Artifact[]>;
  /**
   * Starts a program of ours inside, as a user whom the case cannot signal, and hands on what it writes as it comes. It
   * ends with the session.
   */
  attach(spec: {
    readonly command: readonly string[];
    readonly onOutput: (chunk: Uint8Array) => void;
  }): Promise<Attached>;
  close(): Promise<void>;
};

export type Sandbox = {
  readonly isolation: Isolation;
  run(spec: RunSpec): Promise<RunResult>;
  openSession(
    spec: Pick<RunSpec, "id" | "skill" | "inputs" | "limits">,
  ): Promise<Session | Extract<RunResult, { kind: "errored" }>>;
  /** Runs a command again to see what it does; absent where nothing can be traced. What it says is dropped. */
  readonly observe?: (spec: RunSpec) => Promise<Observed>;
  /** Removes containers of any owner whose deadline has passed; gives how many. */
  reap(): Promise<number>;
  close(): Promise<void>;
};

/** Whether there is a sandbox, and if not why, and what to do. */
export type Opening =
  | { readonly kind: "ready"; readonly sandbox: Sandbox }
  | { readonly kind: "unavailable"; readonly because: string; readonly remedy: string };
