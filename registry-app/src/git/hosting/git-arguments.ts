import type { GitRequest, HostLimits } from "./types.ts";

const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// A hosted repository shows branches and tags; whatever else stands in it is the server's own and cannot be pushed to.
const SHOWN = [
  "transfer.hideRefs=refs",
  "transfer.hideRefs=!refs/heads",
  "transfer.hideRefs=!refs/tags",
];

// Maintenance is scheduled elsewhere: started by a push it would outlive its request and hold its pipes.
const QUIET = ["gc.auto=0", "maintenance.auto=false", "receive.autogc=false"];

const UPLOAD = ["pack.threads=2", "pack.windowMemory=64m"];

/** The whole environment of a git child: nothing of ours is inherited, no configuration outside the repository read. */
export function gitEnvironment(
  searchPath: string | undefined,
  protocol: "v0" | "v2",
): Record<string, string> {
  return {
    PATH: searchPath ?? SEARCH_PATH,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    ...(protocol === "v2" && { GIT_PROTOCOL: "version=2" }),
  };
}

/** The command line that answers a request; built of constants, limits and the repository's folder only. */
export function gitArguments(
  request: GitRequest,
  limits: HostLimits,
  hooksDir: string,
): readonly string[] {
  const advertise = request.action === "info-refs" ? ["--advertise-refs"] : [];
  const isReceive =
    request.action === "receive-pack" ||
    (request.action === "info-refs" && request.service === "git-receive-pack");
  const config = [
    ...SHOWN,
    ...QUIET,
    ...(isReceive ? receiveConfig(limits) : uploadConfig(request)),
    `core.hooksPath=${hooksOf(request, hooksDir)}`,
  ];
  return [
    ...config.flatMap((entry) => ["-c", entry]),
    isReceive ? "receive-pack" : "upload-pack",
    "--stateless-rpc",
    ...advertise,
    request.repoDir,
  ];
}

function hooksOf(request: GitRequest, hooksDir: string): string {
  const isJudged = request.action === "receive-pack" && request.onPush !== "judging off";
  return isJudged ? hooksDir : "/dev/null";
}

function receiveConfig(limits: HostLimits): readonly string[] {
  return [
    `receive.maxInputSize=${limits.pushMaxBytes}`,
    "receive.denyNonFastForwards=true",
    "receive.denyDeletes=true",
    "receive.updateServerInfo=false",
    "receive.advertisePushOptions=false",
    "receive.unpackLimit=100",
    "transfer.fsckObjects=true",
    // Larger blobs are written as they come instead of being held in memory.
    "core.bigFileThreshold=8m",
  ];
}

function uploadConfig(request: GitRequest): readonly string[] {
  const isAny = "wants" in request && request.wants === "any";
  return [...UPLOAD, `uploadpack.allowFilter=${isAny}`, `uploadpack.allowAnySHA1InWant=${isAny}`];
}
