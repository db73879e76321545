import { execFile } from "node:child_process";
import { gitEnvironment } from "./git-arguments.ts";

const MOST_PATTERNS = 200;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What the named refs are on disk now; absent ones are left out. Throws when git cannot tell within 30 s. */
export async function readRefs(
  repoDir: string,
  refs: readonly string[],
  searchPath: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const patterns = refs.length <= MOST_PATTERNS ? refs : ["refs/heads", "refs/tags"];
  const output = await listRefs(repoDir, patterns, searchPath);
  const wanted = new Set(refs);
  const found = new Map<string, string>();
  for (const line of output.split("\n")) {
    const at = line.indexOf(" ");
    const ref = line.slice(at + 1);
    if (at > 0 && wanted.has(ref)) found.set(ref, line.slice(0, at));
  }
  return found;
}

async function listRefs(
  repoDir: string,
  patterns: readonly string[],
  searchPath: string | undefined,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const format = "--format=%(objectname) %(refname)";
  execFile(
    "git",
    [`--git-dir=${repoDir}`, "for-each-ref", format, "--", ...patterns],
    {
      cwd: "/",
      env: gitEnvironment(searchPath, "v0"),
      maxBuffer: MAX_OUTPUT_BYTES,
      timeout: 30_000,
    },
    (cause, stdout) => (cause === null ? resolve(stdout) : reject(cause)),
  );
  return promise;
}
