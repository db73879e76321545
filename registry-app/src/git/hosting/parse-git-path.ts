import type { GitRoute, GitService } from "./types.ts";

const SEGMENT = "[a-z0-9][a-z0-9._-]{0,99}";
const REPO = new RegExp(
  `^/((?:s/${SEGMENT}/)?${SEGMENT}\\.git)/(info/refs|git-upload-pack|git-receive-pack)$`,
);
const SERVICE = /^\??service=(git-upload-pack|git-receive-pack)$/;

/**
 * Reads what follows `/git` of an address, still percent-encoded, and its query string. Only smart HTTP exists:
 * anything else, dumb protocol and encoded characters included, is null.
 */
export function parseGitPath(urlPath: string, query: string): GitRoute | null {
  const match = REPO.exec(urlPath);
  if (match === null) return null;
  const [, repo = "", rest = ""] = match;
  if (repo.includes("..")) return null;
  if (rest === "info/refs") {
    const service = SERVICE.exec(query)?.[1];
    return service === undefined
      ? null
      : { repo, action: "info-refs", service: toService(service) };
  }
  if (query !== "" && query !== "?") return null;
  const service = toService(rest);
  return { repo, action: service === "git-upload-pack" ? "upload-pack" : "receive-pack", service };
}

function toService(text: string): GitService {
  return text === "git-receive-pack" ? "git-receive-pack" : "git-upload-pack";
}
