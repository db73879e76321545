import type { Limits } from "./types.ts";

const MIB = 1024 * 1024;

/** What a run may use when nothing else is asked for; containers with these are kept warm. */
export const DEFAULT_LIMITS: Limits = {
  timeoutMs: 30_000,
  memoryBytes: 256 * MIB,
  cpus: 1,
  pids: 64,
  outputBytes: 8 * MIB,
  keptOutputBytes: MIB,
  diskBytes: 64 * MIB,
  inodes: 4096,
  fileBytes: 32 * MIB,
  artifacts: 200,
  artifactBytes: 16 * MIB,
};

/** Whoever runs the command; the first process has an id of its own, which it cannot signal. */
export const CASE_USER = "10001:10001";
const CASE_OWNS = "uid=10001,gid=10001";
export const FIRST_USER = "65534:65534";

/** Part of every result: goes up with every change of how runs are made, what is tried and what is taken out. */
export const RUNNER = "1";

export const LABELS = {
  owner: "skills.assay.sandbox.owner",
  run: "skills.assay.sandbox.run",
  deadline: "skills.assay.sandbox.deadline",
} as const;

export type ContainerWish = {
  /** By which it can be removed before its id is known; the engine's own choice when absent. */
  readonly name?: string;
  readonly image: string;
  readonly limits: Limits;
  /** The list of system calls, as JSON text. */
  readonly seccomp: string;
  /** `runsc` for gVisor; the engine's own when absent. */
  readonly runtime?: string;
  /** Another container whose network it shares; none of any kind when absent. */
  readonly network?: string;
  readonly owner: string;
  readonly run: string;
  /** After this time whoever sees the container removes it. */
  readonly deadline: Date;
};

/** The options of one container as the engine's API has them. Pure. */
export function toContainer(wish: ContainerWish) {
  const { limits, network } = wish;
  const tmpfs = (sizeBytes: number, more: string) =>
    `rw,nosuid,nodev,size=${sizeBytes},nr_inodes=${limits.inodes},${more}`;
  return {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    Image: wish.image,
    // It only holds the namespaces open; the command is an exec beside it.
    Entrypoint: ["sleep"],
    Cmd: ["infinity"],
    User: FIRST_USER,
    WorkingDir: "/work",
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Healthcheck: { Test: ["NONE"] },
    ...(network === undefined ? { NetworkDisabled: true, Hostname: "sandbox" } : {}),
    Labels: {
      [LABELS.owner]: wish.owner,
      [LABELS.run]: wish.run,
      [LABELS.deadline]: wish.deadline.toISOString(),
    },
    HostConfig: {
      Init: true,
      ReadonlyRootfs: true,
      NetworkMode: network === undefined ? "none" : `container:${network}`,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", `seccomp=${wish.seccomp}`],
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      PidsLimit: limits.pids,
      NanoCpus: Math.round(limits.cpus * 1e9),
      OomScoreAdj: 500,
      IpcMode: "private",
      ShmSize: Math.min(16 * MIB, Math.floor(limits.memoryBytes / 8)),
      LogConfig: { Type: "none", Config: {} },
      ...(wish.runtime === undefined ? {} : { Runtime: wish.runtime }),
      Ulimits: [
        { Name: "fsize", Soft: limits.fileBytes, Hard: limits.fileBytes },
        { Name: "nofile", Soft: 1024, Hard: 1024 },
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "memlock", Soft: 65_536, Hard: 65_536 },
      ],
      Tmpfs: {
        // Owned, not opened to all: runc gives a mount the mode of the folder that the image has there.
        "/work": tmpfs(limits.diskBytes, `${CASE_OWNS},mode=0755`),
        // Filled once by root, who has no capability, and then nobody's to change.
        "/skill": tmpfs(SKILL_BYTES, "mode=0755"),
        "/tmp": tmpfs(limits.diskBytes / 4, "noexec,mode=1777"),
        "/home": tmpfs(limits.diskBytes / 4, `${CASE_OWNS},mode=0755`),
      },
    },
  };
}

/** Room for the largest skill that is published, twice. */
const SKILL_BYTES = 64 * MIB;

const MINUTE_MS = 60_000;
const SHORT_RUN_MS = 5 * MINUTE_MS;

/** How long a container may be there at most, from its making: the wait, the run, and what is around it. Pure. */
export function lifeMs({ timeoutMs }: Pick<Limits, "timeoutMs">): number {
  if (timeoutMs <= SHORT_RUN_MS) return 20 * MINUTE_MS;
  return 20 * MINUTE_MS + 2 * timeoutMs;
}

/** Containers with the same key are alike: what a run is given beyond that is enforced from outside. Pure. */
export function keyOf(limits: Limits): string {
  const { memoryBytes, cpus, pids, diskBytes, inodes, fileBytes } = limits;
  return [memoryBytes, cpus, pids, diskBytes, inodes, fileBytes, lifeMs(limits)].join("/");
}
