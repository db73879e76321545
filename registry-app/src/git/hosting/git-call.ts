import { hardenedEnv, type GitEnv } from "../git-command.ts";
import type { GitRequest, HostLimits } from "./types.ts";

export type GitCall = { readonly args: readonly string[]; readonly env: GitEnv };
export type GitProtocol = "v0" | "v2";
type Setting = readonly [string, string];

const SHARED: readonly Setting[] = [
  // A hosted repository shows branches and tags; what else stands in it is the server's own and cannot be pushed to.
  ["transfer.hideRefs", "refs"],
  ["transfer.hideRefs", "!refs/heads"],
  ["transfer.hideRefs", "!refs/tags"],
  // Maintenance is scheduled elsewhere: started by a push it would outlive its request and hold its pipes.
  ["receive.autogc", "false"],
  ["pack.threads", "2"],
  ["pack.windowMemory", "64m"],
];

/** How git is called to answer a request: constants, limits and the repository's folder, nothing the client sent. */
export function toGitCall(
  request: GitRequest,
  protocol: GitProtocol,
  limits: HostLimits,
  hooksDir: string,
): GitCall {
  const isReceive =
    request.action === "receive-pack" ||
    (request.action === "info-refs" && request.service === "git-receive-pack");
  const settings = [...SHARED, ...(isReceive ? forReceiving(limits) : forUploading(request))];
  if (isJudged(request)) settings.push(["core.hooksPath", hooksDir]);
  const env = hardenedEnv(settings);
  return {
    args: [
      isReceive ? "receive-pack" : "upload-pack",
      "--stateless-rpc",
      ...(request.action === "info-refs" ? ["--advertise-refs"] : []),
      request.repoDir,
    ],
    env: protocol === "v2" ? { ...env, GIT_PROTOCOL: "version=2" } : env,
  };
}

function isJudged(request: GitRequest): boolean {
  return request.action === "receive-pack" && request.onPush !== "judging off";
}

function forReceiving(limits: HostLimits): readonly Setting[] {
  return [
    ["receive.maxInputSize", String(limits.pushMaxBytes)],
    ["receive.denyNonFastForwards", "true"],
    ["receive.denyDeletes", "true"],
    ["receive.updateServerInfo", "false"],
    ["receive.advertisePushOptions", "false"],
    ["receive.unpackLimit", "100"],
    ["transfer.fsckObjects", "true"],
    // Larger blobs are written as they come instead of being held in memory.
    ["core.bigFileThreshold", "8m"],
  ];
}

function forUploading(request: GitRequest): readonly Setting[] {
  const isAny = "wants" in request && request.wants === "any";
  return [
    ["uploadpack.allowFilter", String(isAny)],
    ["uploadpack.allowAnySHA1InWant", String(isAny)],
  ];
}
